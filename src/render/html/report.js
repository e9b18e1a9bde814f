
"use strict";
(() => {
  const root = document.documentElement;
  const theme = document.getElementById("theme");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  const form = document.getElementById("filters");
  if (!form) return;
  form.hidden = false;
  const query = document.getElementById("query");
  const rule = document.getElementById("rule");
  const shown = document.getElementById("shown");
  const boxes = [...form.querySelectorAll("input[name=severity]")];
  const files = [...document.querySelectorAll(".file")].map((section) => ({
    section,
    path: section.querySelector("h3").textContent.toLowerCase(),
    findings: [...section.querySelectorAll("article")].map((article) => ({
      article,
      text: article.textContent.toLowerCase(),
    })),
  }));
  const total = files.reduce((sum, file) => sum + file.findings.length, 0);
  const apply = () => {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let count = 0;
    for (const file of files) {
      let any = false;
      for (const { article, text } of file.findings) {
        const fits =
          wanted.has(article.dataset.severity) &&
          (!rule.value || rule.value === article.dataset.rule) &&
          words.every((word) => text.includes(word) || file.path.includes(word));
        article.hidden = !fits;
        any ||= fits;
        count += fits ? 1 : 0;
      }
      file.section.hidden = !any;
    }
    const numbers = [count, total];
    shown.textContent = shown.dataset.text.replace(/\{\}/g, () => numbers.shift());
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  for (const link of document.querySelectorAll("a[data-rule]")) {
    link.addEventListener("click", () => {
      form.reset();
      rule.value = link.dataset.rule;
      setTimeout(apply);
    });
  }
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      query.focus();
    }
    if (event.key === "Escape" && document.activeElement === query) {
      query.value = "";
      apply();
    }
  });
  apply();
})();
