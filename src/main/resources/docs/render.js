// Small parts that the pages are made of. Everything becomes DOM nodes; no text is ever taken for HTML.

/** An element with attributes and children; null and undefined children are left out. */
export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

/** What a heading is linked by. */
export const slug = (text) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");

/** The part of Markdown that the documents use: paragraphs, headings, lists, fences, `code`, **bold**, *emphasis*. */
export function markdown(text = "") {
  const page = document.createDocumentFragment();
  for (const part of text.split(/^(```[\s\S]*?^```)$/m)) {
    const fence = part.match(/^```\w*\n([\s\S]*?)\n?```$/);
    if (fence) page.append(element("pre", {}, element("code", {}, fence[1])));
    else
      page.append(
        ...part
          .trim()
          .split(/\n{2,}/)
          .filter(Boolean)
          .map(markdownBlock),
      );
  }
  return page;
}

function markdownBlock(block) {
  const heading = block.match(/^(#{2,3}) (.*)$/);
  if (heading) return element(`h${heading[1].length}`, { id: slug(heading[2]) }, inline(heading[2]));
  if (/^- /.test(block))
    return element(
      "ul",
      {},
      block.split(/\n(?=- )/).map((item) => element("li", {}, inline(item.slice(2)))),
    );
  const list = block.indexOf("\n- ");
  if (list > 0) {
    const both = document.createDocumentFragment();
    both.append(markdownBlock(block.slice(0, list)), markdownBlock(block.slice(list + 1)));
    return both;
  }
  return element("p", {}, inline(block));
}

/** Text with `code`, **bold** and *emphasis*. */
export function inline(text) {
  return text
    .split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*)/)
    .filter((piece) => piece !== "")
    .map((piece) => {
      if (piece.startsWith("`")) return element("code", {}, piece.slice(1, -1));
      if (piece.startsWith("**")) return element("strong", {}, inline(piece.slice(2, -2)));
      if (piece.startsWith("*") && piece.endsWith("*")) return element("em", {}, piece.slice(1, -1));
      return piece.replace(/\s*\n\s*/g, " ");
    });
}

/** A value as JSON, its parts coloured; short objects and arrays stay on one line. */
export function json(value) {
  const code = element("code");
  for (const piece of layout(value, "").split(
    /("(?:[^"\\]|\\.)*"(?:\s*:)?|-?\d+(?:\.\d+)?|\btrue\b|\bfalse\b|\bnull\b)/,
  )) {
    const kind = !piece
      ? null
      : piece.endsWith(":")
        ? "json-key"
        : piece.startsWith('"')
          ? "json-string"
          : /^(-?\d|true|false|null)/.test(piece)
            ? "json-other"
            : null;
    code.append(kind ? element("span", { class: kind }, piece) : piece);
  }
  return element("pre", {}, code);
}

function layout(value, indent) {
  const short = JSON.stringify(value);
  if (typeof value !== "object" || value === null || short.length + indent.length <= 44) return spaced(value);
  const inner = indent + "  ";
  const lines = Array.isArray(value)
    ? value.map((item) => inner + layout(item, inner))
    : Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${layout(item, inner)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${lines.join(",\n")}\n${indent}${close}`;
}

function spaced(value) {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  const fields = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${spaced(item)}`);
  return fields.length ? `{ ${fields.join(", ")} }` : "{}";
}

/** A table in a box that scrolls by itself where the window is narrow. */
export function table(kind, headings, rows) {
  const head = element(
    "thead",
    {},
    element(
      "tr",
      {},
      headings.map((heading) => element("th", { scope: "col" }, heading)),
    ),
  );
  return element("div", { class: "table" }, element("table", { class: kind }, head, element("tbody", {}, rows)));
}

/** Loads a contract document; on failure the page says so. */
export async function load(url, place) {
  try {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${answer.status}`);
    return await answer.json();
  } catch (failure) {
    place.append(
      element(
        "p",
        { class: "failure" },
        `The document at ${url} could not be loaded (${failure.message}). Reload to try again.`,
      ),
    );
    throw failure;
  }
}
