// The REST reference: Swagger UI, told to try things out on the server that this page comes from.
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

const spec = await (await fetch("../api/openapi.json")).json();
spec.servers = [{ url: new URL("../api/v1", location.href).href, description: "This server" }];

const linked = (codes) => codes.map((code) => `[${code}](errors.html#${code})`).join(", ");
// A path has its operations beside parameters that they share.
const operations = Object.values(spec.paths).flatMap(Object.values).filter((one) => one.operationId);
for (const operation of operations) {
  operation.description += `\n\nErrors: ${linked(operation["x-error-codes"])}.`;
  if (operation["x-item-error-codes"])
    operation.description += ` For single items: ${linked(operation["x-item-error-codes"])}.`;
}

SwaggerUIBundle({
  spec,
  dom_id: "#reference",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayOperationId: false,
  displayRequestDuration: true,
  filter: false,
  persistAuthorization: false,
  showExtensions: false,
  validatorUrl: null,
});
