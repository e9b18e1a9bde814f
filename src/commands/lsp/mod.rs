//! `envgate lsp`: the check in an editor, over its standard input and output.
//!
//! Not here: what is found, and what names resolve to. Nothing that is sent holds a value.

mod ask;
mod mail;
mod place;
mod rename;
mod told;
mod world;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionParams, CodeActionProviderCapability, CompletionOptions,
    CompletionParams, CompletionResponse, DidChangeTextDocumentParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, GotoDefinitionParams, GotoDefinitionResponse, Hover, HoverContents,
    HoverParams, HoverProviderCapability, InitializeParams, Location, MarkupContent, MarkupKind, OneOf,
    PrepareRenameResponse, PublishDiagnosticsParams, RenameOptions, RenameParams, SaveOptions,
    ServerCapabilities, TextDocumentPositionParams, TextDocumentSyncCapability, TextDocumentSyncKind,
    TextDocumentSyncOptions, TextDocumentSyncSaveOptions, Uri, WorkDoneProgressOptions, WorkspaceEdit,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Error, Status, terminal, working_directory};
use mail::{Mail, Next};
use world::{Seen, World};

/// How long nothing must come before a check is worth its time.
const QUIET: Duration = Duration::from_millis(150);

/// How many checks one after the other are left because the editor says something.
const MOST_GIVEN_UP: usize = 3;

/// The files that mean something when they change outside of the editor.
const WATCHED: &[&str] = &["**/.env*", "**/*.{env,yml,yaml,sh,py,toml,schema}", "**/.husky/*"];

const NO_TEXT: &str = "this file cannot be read";

pub(super) fn run() -> Result<Status, Error> {
    let (connection, threads) = Connection::stdio();
    let capabilities = serde_json::to_value(capabilities()).unwrap_or_default();
    let Ok(asked) = connection.initialize(capabilities) else { return Ok(Status::Clean) };
    let asked: InitializeParams = serde_json::from_value(asked).unwrap_or_default();
    let mut server = Server {
        world: World::new(root(&asked)?)?,
        seen: Seen::default(),
        told: BTreeSet::new(),
        mail: Mail::of(&connection),
        due: true,
        given_up: 0,
        connection: &connection,
    };
    server.watch(&asked);
    server.serve();
    drop(connection);
    threads.join()?;
    Ok(Status::Clean)
}

fn capabilities() -> ServerCapabilities {
    ServerCapabilities {
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::FULL),
            save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions::default())),
            ..TextDocumentSyncOptions::default()
        })),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        definition_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        })),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(vec!["{".to_owned()]),
            ..CompletionOptions::default()
        }),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
            ..CodeActionOptions::default()
        })),
        ..ServerCapabilities::default()
    }
}

/// The folder that the editor has open, else the working directory.
fn root(asked: &InitializeParams) -> Result<PathBuf, Error> {
    let folder = asked.workspace_folders.iter().flatten().next().map(|folder| &folder.uri);
    #[expect(deprecated, reason = "editors that know no folders say it so")]
    let folder = folder.or(asked.root_uri.as_ref());
    match folder.and_then(place::path) {
        Some(path) => Ok(path),
        None => working_directory(),
    }
}

struct Server<'a> {
    world: World,
    seen: Seen,
    /// The paths that have diagnostics in the editor.
    told: BTreeSet<String>,
    mail: Mail,
    /// Whether something has changed since the last check.
    due: bool,
    /// How many checks one after the other were left for something else.
    given_up: usize,
    connection: &'a Connection,
}

impl Server<'_> {
    /// Answers until the editor says that it is over, or is gone. A check waits for a moment of quiet, so that
    /// whoever types is not checked at every key.
    fn serve(&mut self) {
        let mut over = false;
        loop {
            match self.mail.next(self.due.then_some(QUIET)) {
                Next::Quiet => self.check(true),
                Next::Gone => return,
                Next::Message(Message::Request(request)) if over => {
                    let why = "the server has been shut down".to_owned();
                    self.send(Response::new_err(request.id, ErrorCode::InvalidRequest as i32, why));
                }
                Next::Message(Message::Request(request)) if request.method == "shutdown" => {
                    over = true;
                    self.send(Response::new_ok(request.id, Value::Null));
                }
                Next::Message(Message::Request(request)) => {
                    let answer = if self.mail.is_cancelled(&request.id) {
                        let why = "the request was cancelled".to_owned();
                        Response::new_err(request.id, ErrorCode::RequestCanceled as i32, why)
                    } else {
                        self.answer(request)
                    };
                    self.send(answer);
                }
                Next::Message(Message::Notification(notification)) if notification.method == "exit" => return,
                Next::Message(Message::Notification(notification)) => self.due |= self.note(notification),
                Next::Message(Message::Response(_)) => {}
            }
        }
    }

    /// Asks to be told of files that change outside of the editor, where it can tell.
    fn watch(&self, asked: &InitializeParams) {
        let workspace = asked.capabilities.workspace.as_ref();
        let able = workspace.and_then(|workspace| workspace.did_change_watched_files?.dynamic_registration);
        if able != Some(true) {
            return;
        }
        let watchers: Vec<Value> = WATCHED.iter().map(|glob| json!({ "globPattern": glob })).collect();
        let method = "workspace/didChangeWatchedFiles";
        let registrations =
            json!([{ "id": "watched", "method": method, "registerOptions": { "watchers": watchers } }]);
        let parameters = json!({ "registrations": registrations });
        let id = RequestId::from("watch".to_owned());
        self.send(Request::new(id, "client/registerCapability".to_owned(), parameters));
    }

    /// An editor that is gone is seen at the next reading.
    fn send(&self, message: impl Into<Message>) {
        let _ = self.connection.sender.send(message.into());
    }

    fn notify(&self, method: &str, parameters: impl Serialize) {
        self.send(Notification::new(method.to_owned(), parameters));
    }

    /// Takes up what the editor says; whether a check is due.
    fn note(&mut self, notification: Notification) -> bool {
        match notification.method.as_str() {
            "textDocument/didOpen" => {
                let Some(opened) = read::<DidOpenTextDocumentParams>(notification.params) else {
                    return false;
                };
                self.opened(&opened.text_document.uri, opened.text_document.text)
            }
            "textDocument/didChange" => {
                let changed = read::<DidChangeTextDocumentParams>(notification.params);
                let text = changed
                    .and_then(|mut one| Some((one.text_document.uri, one.content_changes.pop()?.text)));
                text.is_some_and(|(uri, text)| self.opened(&uri, text))
            }
            "textDocument/didClose" => {
                let closed = read::<DidCloseTextDocumentParams>(notification.params);
                let path = closed.and_then(|closed| place::path(&closed.text_document.uri));
                path.inspect(|path| self.world.close(path)).is_some()
            }
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => true,
            _ => false,
        }
    }

    fn opened(&mut self, uri: &Uri, text: String) -> bool {
        place::path(uri).inspect(|path| self.world.open(path, text)).is_some()
    }

    /// Checks the project and tells what was found, and of files that are clean now that they are. A `patient` check
    /// is left, and comes again, where the editor says something meanwhile; but not for ever.
    fn check(&mut self, patient: bool) {
        let patient = patient && self.given_up < MOST_GIVEN_UP;
        let waits = self.mail.waits();
        let checked = self.world.check(&|| patient && waits());
        if matches!(checked, Ok(None)) {
            self.given_up += 1;
            return;
        }
        (self.due, self.given_up) = (false, 0);
        match checked {
            Ok(seen) => self.seen = seen.unwrap_or_default(),
            Err(error) => {
                self.notify("window/logMessage", json!({ "type": 1, "message": error.to_string() }));
                return;
            }
        }
        let found = told::diagnostics(&self.world, &self.seen, terminal::lang());
        let clean = self.told.iter().filter(|path| !found.contains_key(*path)).cloned();
        let clean: Vec<String> = clean.collect();
        self.told = found.keys().cloned().collect();
        for (path, diagnostics) in found.into_iter().chain(clean.into_iter().map(|path| (path, Vec::new()))) {
            if let Some(uri) = place::uri(&self.world.place(&path)) {
                let told = PublishDiagnosticsParams { uri, diagnostics, version: None };
                self.notify("textDocument/publishDiagnostics", told);
            }
        }
    }

    fn answer(&mut self, request: Request) -> Response {
        let Request { id, method, params } = request;
        match method.as_str() {
            "textDocument/hover" => reply(id, params, |asked: HoverParams| self.hover(&asked)),
            "textDocument/definition" => {
                reply(id, params, |asked: GotoDefinitionParams| self.definition(&asked))
            }
            "textDocument/completion" => reply(id, params, |asked: CompletionParams| self.completion(&asked)),
            "textDocument/prepareRename" => {
                judged(id, params, |asked: TextDocumentPositionParams| self.prepare_rename(&asked))
            }
            "textDocument/rename" => judged(id, params, |asked: RenameParams| self.rename(&asked)),
            "textDocument/codeAction" => reply(id, params, |asked: CodeActionParams| {
                if self.due {
                    self.check(false);
                }
                let path = self.world.shown(&place::path(&asked.text_document.uri)?);
                Some(told::actions(&path, asked.range, &self.world, &self.seen, terminal::lang()))
            }),
            _ => Response::new_err(id, ErrorCode::MethodNotFound as i32, format!("`{method}` is not served")),
        }
    }

    /// The text and the offset that are asked about.
    fn at(&self, asked: &TextDocumentPositionParams) -> Option<(crate::source::Source, usize)> {
        let path = self.world.shown(&place::path(&asked.text_document.uri)?);
        let source = self.world.source(&path)?;
        let offset = place::offset(&source, asked.position);
        Some((source, offset))
    }

    fn hover(&self, asked: &HoverParams) -> Option<Hover> {
        let (source, offset) = self.at(&asked.text_document_position_params)?;
        let (name, span) = ask::name_at(&source, offset)?;
        let value = self.world.look(|project| ask::told(&name, project, &self.world.top())).ok().flatten()?;
        let value = terminal::lang().text(&value).into_owned();
        let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value });
        Some(Hover { contents, range: Some(place::range(&source, span)) })
    }

    fn definition(&self, asked: &GotoDefinitionParams) -> Option<GotoDefinitionResponse> {
        let (source, offset) = self.at(&asked.text_document_position_params)?;
        let (name, _) = ask::name_at(&source, offset)?;
        let places = self.world.look(|project| ask::places(&name, project)).ok()?;
        let locations = places.into_iter().filter_map(|(path, span)| {
            let source = self.world.source(&path)?;
            Some(Location { uri: place::uri(&self.world.place(&path))?, range: place::range(&source, span) })
        });
        Some(GotoDefinitionResponse::Array(locations.collect()))
    }

    fn completion(&self, asked: &CompletionParams) -> Option<CompletionResponse> {
        let (source, offset) = self.at(&asked.text_document_position)?;
        let names = self.world.look(|project| ask::names(&source, offset, project)).ok()?;
        Some(CompletionResponse::Array(names))
    }

    fn prepare_rename(&self, asked: &TextDocumentPositionParams) -> Result<PrepareRenameResponse, String> {
        let (source, offset) = self.at(asked).ok_or(NO_TEXT)?;
        rename::prepare(&self.world, &source, offset)
    }

    fn rename(&self, asked: &RenameParams) -> Result<WorkspaceEdit, String> {
        let (source, offset) = self.at(&asked.text_document_position).ok_or(NO_TEXT)?;
        let renamed = rename::rename(&self.world, &source, offset, &asked.new_name)?;
        if let Some(note) = renamed.note {
            let message = terminal::lang().text(&note);
            self.notify("window/showMessage", json!({ "type": 2, "message": message }));
        }
        Ok(renamed.edit)
    }
}

fn read<T: DeserializeOwned>(parameters: Value) -> Option<T> {
    serde_json::from_value(parameters).ok()
}

/// The answer to a question that can be read; where it is refused, the editor shows why.
fn judged<P: DeserializeOwned, R: Serialize>(
    id: RequestId,
    parameters: Value,
    answer: impl FnOnce(P) -> Result<R, String>,
) -> Response {
    match serde_json::from_value(parameters).map(answer) {
        Ok(Ok(answer)) => Response::new_ok(id, answer),
        Ok(Err(why)) => {
            let why = terminal::lang().text(&why).into_owned();
            Response::new_err(id, ErrorCode::RequestFailed as i32, why)
        }
        Err(_) => unreadable(id),
    }
}

/// Why is not said: it would quote what was sent.
fn unreadable(id: RequestId) -> Response {
    let why = String::from("the parameters are not those of this request");
    Response::new_err(id, ErrorCode::InvalidParams as i32, why)
}

/// The answer to a question that can be read; `null` where there is nothing to say.
fn reply<P: DeserializeOwned, R: Serialize>(
    id: RequestId,
    parameters: Value,
    answer: impl FnOnce(P) -> Option<R>,
) -> Response {
    match serde_json::from_value(parameters) {
        Ok(asked) => Response::new_ok(id, answer(asked)),
        Err(_) => unreadable(id),
    }
}
