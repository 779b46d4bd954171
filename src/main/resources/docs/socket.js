// The WebSocket reference, made from the AsyncAPI document that the server serves.
import { element, inline, json, load, markdown, slug, table } from "./render.js";
import { definition, fields } from "./schema.js";

const place = document.getElementById("reference");
const contract = await load("../api/asyncapi.json", place);

const { messages, schemas: named } = contract.components;
const keyOf = (reference) => reference.$ref.slice(reference.$ref.lastIndexOf("/") + 1);
const operations = Object.entries(contract.operations);
const commands = operations.filter(([, operation]) => operation.action === "receive");
const told = operations.filter(([, operation]) => operation.action === "send");

function command([name, operation]) {
  const replies = operation.reply.messages.map(keyOf).filter((key) => key !== "reply.error");
  return element(
    "section",
    { class: "message", id: `command-${name}` },
    element("h3", {}, element("code", {}, name), element("span", { class: "badge" }, "command")),
    element("p", {}, element("strong", {}, operation.title)),
    markdown(operation.description),
    message(messages[keyOf(operation.messages[0])], "Command"),
    replies.map((key) => message(messages[key], `Reply: ${messages[key].name}`)),
    element("p", { class: "caption" }, "May fail with"),
    element(
      "ul",
      { class: "codes" },
      operation["x-error-codes"].map((code) =>
        element("li", {}, element("a", { href: `errors.html#${code}` }, element("code", {}, code))),
      ),
    ),
  );
}

function event(key) {
  const kind = key.slice(0, key.indexOf("."));
  const shown = messages[key];
  return element(
    "section",
    { class: "message", id: slug(key) },
    element(
      "h3",
      {},
      element("code", {}, shown.name),
      element("span", { class: `badge ${kind}` }, kind === "event" ? "event" : "control"),
    ),
    element("p", {}, inline(shown.summary)),
    markdown(shown.description),
    message(shown, "Frame"),
  );
}

function message(shown, title) {
  const examples = shown.examples.flatMap((example) => [
    element("p", { class: "caption" }, example.summary ?? "Example"),
    json(example.payload),
  ]);
  return element(
    "div",
    { class: "sides" },
    element("div", {}, element("h4", {}, title), fields(shown.payload, named)),
    element("div", {}, examples),
  );
}

function group([, operation]) {
  return [
    element("h2", { id: slug(operation.title) }, operation.title),
    markdown(operation.description),
    operation.messages.map((m) => event(keyOf(m))),
  ];
}

function closeCodes(channel) {
  const rows = channel["x-close-codes"].map((close) =>
    element(
      "tr",
      { id: `close-${close.code}` },
      element("td", { class: "name" }, element("code", {}, `${close.code}`)),
      element("td", {}, inline(close.meaning)),
      element("td", {}, inline(close.client)),
    ),
  );
  return [
    element("h2", { id: "close-codes" }, "Close codes"),
    table("fields", ["Code", "Meaning", "What the client does"], rows),
  ];
}

function schemas() {
  return [
    element("h2", { id: "schemas" }, "Schemas"),
    Object.entries(named).map(([name, schema]) =>
      element(
        "section",
        { class: "message", id: `schema-${name}` },
        element("h3", {}, element("code", {}, name)),
        element(
          "div",
          { class: "sides" },
          element("div", {}, definition(schema, named)),
          element("div", {}, (schema.examples ?? []).map(json)),
        ),
      ),
    ),
  ];
}

function contents(guide) {
  const list = (entries) =>
    element(
      "ul",
      {},
      entries.map(([id, text, kind]) =>
        element("li", {}, element("a", { href: `#${id}`, class: kind ?? "text" }, text)),
      ),
    );
  const details = element(
    "details",
    { open: "" },
    element("summary", {}, "On this page"),
    list([
      ["top", contract.info.title],
      ...[...guide.querySelectorAll("h2")].map((heading) => [heading.id, heading.textContent]),
    ]),
    element("h2", {}, "Commands"),
    list(commands.map(([name]) => [`command-${name}`, name, "code"])),
    told.map(([, operation]) => [
      element("h2", {}, operation.title),
      list(operation.messages.map((m) => [slug(keyOf(m)), messages[keyOf(m)].name, "code"])),
    ]),
    element("h2", {}, "More"),
    list([
      ["close-codes", "Close codes"],
      ["schemas", "Schemas"],
    ]),
  );
  details.open = matchMedia("(min-width: 62rem)").matches;
  return element("nav", { class: "contents", "aria-label": "On this page" }, details);
}

const channel = contract.channels.socket;
const server = contract.servers.session;
const guide = element(
  "div",
  {},
  element("h1", { id: "top" }, contract.info.title),
  element(
    "p",
    { class: "muted" },
    "Version ",
    contract.info.version,
    " · ",
    element("code", {}, `${server.protocol}://${server.host}${channel.address}`),
    " by default · ",
    element("a", { href: "../api/asyncapi.yaml" }, "asyncapi.yaml"),
  ),
  markdown(contract.info.description),
  element("h2", { id: "connecting" }, "Connecting"),
  markdown(channel.description),
);
place.append(
  contents(guide),
  element(
    "div",
    {},
    guide,
    element("h2", { id: "commands" }, "Commands"),
    commands.map(command),
    told.flatMap((entry) => group(entry).flat()),
    closeCodes(channel),
    schemas().flat(),
  ),
);
if (location.hash) location.replace(location.href); // only now is there something to scroll to
