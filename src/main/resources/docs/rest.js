// The REST reference: Swagger UI, told to try things out on the server that this page comes from.
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

const spec = await (await fetch("../api/openapi.json")).json();
spec.servers = [{ url: new URL("../api/v1", location.href).href, description: "This server" }];

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
