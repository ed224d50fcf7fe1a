// No validator: it would send the document to another server.
const page = SwaggerUIBundle({
  url: "docs/openapi.json",
  dom_id: "#document",
  deepLinking: true,
  docExpansion: "list",
  displayRequestDuration: true,
  validatorUrl: null,
});

// What "Authorize" does with a token, for people who have a password. The token is kept by this page only.
const form = document.getElementById("sign-in");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const said = form.querySelector("output");
  said.textContent = "";
  try {
    const reply = await fetch("../../token?default", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        type: "user_credentials",
        username: form.elements.username.value,
        password: form.elements.password.value,
      }),
    });
    const answer = await reply.json();
    if (!reply.ok) {
      throw new Error(answer.message);
    }
    page.preauthorizeApiKey("bearer", answer.id_token);
    form.elements.password.value = "";
    said.textContent = `Signed in as ${form.elements.username.value}`;
  } catch (failure) {
    said.textContent = failure.message;
  }
});
