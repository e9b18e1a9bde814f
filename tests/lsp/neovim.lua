-- What a person would do in Neovim, done in a real one without a screen: tests/neovim starts it in a project of its own.
-- Not here: what the server says word by word; tests/lsp has that.

local function fail(what)
    io.stdout:write("FAILED: ", what, "\n")
    vim.cmd("cquit 1")
end
local function wait(what, met)
    if not vim.wait(30000, met, 50) then fail(what) end
end

local root = vim.fn.getcwd()
local id = vim.lsp.start_client({
    name = "envgate",
    cmd = { vim.env.ENVGATE, "lsp" },
    root_dir = root,
    workspace_folders = { { uri = vim.uri_from_fname(root), name = "shop" } },
})
local function open(path)
    vim.cmd("edit " .. path)
    vim.lsp.buf_attach_client(0, id)
end
local function codes()
    local found = {}
    for _, one in ipairs(vim.diagnostic.get(0)) do
        found[#found + 1] = (one.code or one.user_data.lsp.code) .. ":" .. (one.lnum + 1)
    end
    table.sort(found)
    return table.concat(found, " ")
end
local function asked(method, line, column, more)
    local params = vim.lsp.util.make_position_params(0)
    params.position = { line = line, character = column }
    local answers = vim.lsp.buf_request_sync(0, method, vim.tbl_extend("force", params, more or {}), 30000)
    local answer = answers and answers[id] and answers[id].result
    if not answer then fail(method .. " gets no answer") end
    return answer
end

open(".env")
wait("a key that is set twice is shown", function() return codes() == "ENV008:2" end)

-- The fix that it offers, applied as an editor applies it.
local context = { diagnostics = vim.lsp.diagnostic.get_line_diagnostics(0, 1) }
local range = { start = { line = 1, character = 0 }, ["end"] = { line = 1, character = 0 } }
local actions = asked("textDocument/codeAction", 1, 0, { context = context, range = range })
if #actions == 0 then fail("no fix is offered") end
vim.lsp.util.apply_workspace_edit(actions[1].edit, "utf-16")
wait("mended, and not saved, nothing is shown", function() return codes() == "" end)

-- What a name comes to, and where it comes from.
open("compose.yaml")
local hover = vim.inspect(asked("textDocument/hover", 4, 16).contents)
if not hover:find("characters") or hover:find("eu%-west%-1") then fail("hover says " .. hover) end
local definition = asked("textDocument/definition", 4, 16)
local place = definition.uri or definition[1].uri
if not place:find("/.env", 1, true) then fail("the definition is at " .. place) end

-- Another name, in every file that has it.
vim.lsp.util.apply_workspace_edit(asked("textDocument/rename", 4, 16, { newName = "SHOP_REGION" }), "utf-16")
local compose = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
if not compose:find("${SHOP_REGION}", 1, true) then fail("not renamed here: " .. compose) end
vim.cmd("buffer .env")
local env = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
if not env:find("SHOP_REGION=", 1, true) then fail("not renamed there: " .. env) end

io.stdout:write("ok: neovim ", tostring(vim.version().major), ".", tostring(vim.version().minor), "\n")
vim.cmd("qall!")
