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
  calls.filter((call) => [...call["x-error-codes"], ...(call["x-item-error-codes"] ?? [])].includes(code)).map((call) => element("a", { href: `rest.html#/${call.tags[0]}/${call.operationId}` }, call.operationId));
const commandsWith = (code) =>
  Object.entries(socket.operations)
    .filter(([, operation]) => operation["x-error-codes"]?.includes(code))
    .map(([name]) => element("a", { href: `socket.html#command-${name}` }, name));

function origin(code) {
  const some = (links, all, word) => (links.length === 0 ? null : links.length >= all - 2 ? [`nearly every ${word}`] : links.flatMap((link, i) => (i ? [", ", link] : [link])));
  const told = [some(callsWith(code), calls.length, "REST call"), some(commandsWith(code), Object.values(socket.operations).filter((o) => o["x-error-codes"]).length, "command")].filter(Boolean);
  return told.length ? told.flatMap((links, i) => (i ? ["; ", ...links] : links)) : ["any request"];
}

const rows = codes.map((code) =>
  element(
    "tr",
    { id: code },
    element("td", { class: "name" }, element("code", {}, code)),
    element("td", {}, `${statuses[code]}`),
    element("td", {}, inline(meaning(code)), element("span", { class: "bounds" }, "From ", origin(code))),
  ),
);
place.append(table("fields", ["Code", "Status", "Meaning"], rows));
document.getElementById(location.hash.slice(1))?.scrollIntoView();
