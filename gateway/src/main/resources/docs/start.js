// No validator: it would send the document to another server.
SwaggerUIBundle({
  url: "docs/openapi.json",
  dom_id: "#document",
  deepLinking: true,
  docExpansion: "list",
  displayRequestDuration: true,
  validatorUrl: null,
});
