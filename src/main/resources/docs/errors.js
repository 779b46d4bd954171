// The list of error codes, made from the schema ErrorCode and from what each operation says it may answer.
import { element, inline, load, table } from "./render.js";

const place = document.getElementById("reference");
const [rest, socket] = await Promise.all([load("../api/openapi.json", place), load("../api/asyncapi.json", place)]);
const { description, enum: codes, "x-http-status": statuses } = rest.components.schemas.ErrorCode;

const meaning = (code) => description.match(new RegExp(`- \`${code}\` \\([^)]*\\): (.*)`))?.[1] ?? "";

const calls = Object.values(rest.paths)
  .flatMap((path) => Object.values(path))
  .filter((operation) => operation.operationId);
const callsWith = (code) =>
  calls
    .filter((call) => [...call["x-error-codes"], ...(call["x-item-error-codes"] ?? [])].includes(code))
    .map((call) => element("a", { href: `rest.html#/${call.tags[0]}/${call.operationId}` }, call.operationId));
const commandsWith = (code) =>
  Object.entries(socket.operations)
    .filter(([, operation]) => operation["x-error-codes"]?.includes(code))
    .map(([name]) => element("a", { href: `socket.html#command-${name}` }, name));

/** Where a code comes from: by name while the names can be read at a glance. */
function origin(code) {
  const some = (links, word) =>
    links.length > 8 ? [`${links.length} ${word}`] : links.flatMap((link, i) => (i ? [", ", link] : [link]));
  const told = [some(callsWith(code), "REST calls"), some(commandsWith(code), "commands")].filter(
    (links) => links.length,
  );
  return told.length
    ? element(
        "span",
        { class: "bounds" },
        "From ",
        told.flatMap((links, i) => (i ? ["; ", ...links] : links)),
      )
    : null;
}

const rows = codes.map((code) =>
  element(
    "tr",
    { id: code },
    element("td", { class: "name" }, element("code", {}, code)),
    element("td", {}, `${statuses[code]}`),
    element("td", { class: "sentence" }, inline(meaning(code)), origin(code)),
  ),
);
place.append(table("fields", ["Code", "Status", "Meaning"], rows));
if (location.hash) location.replace(location.href); // only now is there something to scroll to
