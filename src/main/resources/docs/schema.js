// Shows JSON schemas of a contract document as tables of fields.
import { element, inline, markdown, table } from "./render.js";

const nameOf = (reference) => reference.slice(reference.lastIndexOf("/") + 1);
const linkTo = (reference) => element("a", { href: `#schema-${nameOf(reference)}` }, nameOf(reference));

/** The fields of an object schema, those of objects inside it by their path; `named` are the document's schemas. */
export function fields(schema, named) {
  const rows = rowsOf(schema, "", named);
  return rows.length ? table("fields", ["Field", "Type", "Meaning"], rows) : null;
}

function rowsOf(schema, prefix, named) {
  return (schema.allOf ?? [schema]).flatMap((part) => {
    if (part.$ref)
      return schema.allOf
        ? [element("tr", {}, element("td", { colspan: "3" }, "All of ", linkTo(part.$ref), ", and:"))]
        : [];
    return Object.entries(part.properties ?? {}).flatMap(([name, field]) => [
      row(prefix + name, field, part.required?.includes(name), named),
      ...rowsOf(field.items ?? field, `${prefix}${name}${field.items ? "[]" : ""}.`, named),
    ]);
  });
}

function row(path, field, required, named) {
  return element(
    "tr",
    {},
    element(
      "td",
      { class: "name" },
      element("code", {}, path),
      required ? element("span", { class: "required" }, "required") : null,
    ),
    element("td", { class: "type" }, type(field)),
    element("td", {}, inline(meaning(field, named)), bounds(field)),
  );
}

/** What a field says of itself, else the first sentence of the schema it refers to. */
function meaning(field, named) {
  const referred = field.$ref ? named[nameOf(field.$ref)].description : undefined;
  const text = field.description ?? referred?.match(/^[\s\S]*?[.](?=\s|$)|^[\s\S]*/)[0] ?? "";
  return text.trim();
}

/** A type in a few words, with links to named schemas. */
export function type(schema) {
  if (schema.$ref) return [linkTo(schema.$ref)];
  if (schema.const !== undefined) return [element("code", {}, JSON.stringify(schema.const))];
  if (schema.items) return ["list of ", ...type(schema.items)];
  if (schema.allOf) return ["object"];
  const names = [schema.type].flat().filter((name) => name && name !== "null");
  return [schema.format === "uuid" ? "UUID" : schema.format === "date-time" ? "time" : names.join(" or ")];
}

function bounds(schema) {
  const between = (low, high, unit) => {
    if (high === Number.MAX_SAFE_INTEGER) high = undefined;
    if (low === undefined && high === undefined) return null;
    if (low === undefined) return `at most ${high}${unit}`;
    return high === undefined ? `at least ${low}${unit}` : `${low} to ${high}${unit}`;
  };
  const told = [
    between(schema.minimum, schema.maximum, ""),
    between(schema.minLength, schema.maxLength, " characters"),
    between(schema.minItems, schema.maxItems, " items"),
    schema["x-max-bytes"] ? `at most ${schema["x-max-bytes"]} bytes` : null,
    schema.enum && !schema.description?.includes(`\`${schema.enum[0]}\``) ? `one of ${schema.enum.join(", ")}` : null,
  ].filter(Boolean);
  return told.length ? element("span", { class: "bounds" }, told.join(" · ")) : null;
}

/** A named schema: what it means, and its fields or its bounds. */
export function definition(schema, named) {
  const page = document.createDocumentFragment();
  page.append(markdown(schema.description));
  const told = fields(schema, named);
  if (told) page.append(told);
  else page.append(element("p", { class: "caption" }, type(schema), " ", bounds(schema) ?? ""));
  return page;
}
