// Passkeys: asks the browser for one, and sends what it answers with the form. Without this file its buttons stay hidden.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const listed = (keys = []) => keys.map((key) => ({ ...key, id: bytes(key.id) }));

async function make({ publicKey }, alone) {
  const options = { ...publicKey, challenge: bytes(publicKey.challenge), excludeCredentials: listed(publicKey.excludeCredentials) };
  options.user = { ...publicKey.user, id: bytes(publicKey.user.id) };
  const residentKey = alone ? "required" : "discouraged";
  options.authenticatorSelection = { ...publicKey.authenticatorSelection, residentKey, requireResidentKey: alone };
  if (alone) options.authenticatorSelection.userVerification = "required";
  const made = await navigator.credentials.create({ publicKey: options });
  return answer(made, {
    attestationObject: text(made.response.attestationObject),
    clientDataJSON: text(made.response.clientDataJSON),
    transports: made.response.getTransports?.() ?? [],
  });
}

async function use({ publicKey }) {
  const options = { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: listed(publicKey.allowCredentials) };
  const used = await navigator.credentials.get({ publicKey: options });
  return answer(used, {
    authenticatorData: text(used.response.authenticatorData),
    clientDataJSON: text(used.response.clientDataJSON),
    signature: text(used.response.signature),
    userHandle: used.response.userHandle ? text(used.response.userHandle) : null,
  });
}

const answer = (credential, response) => ({
  id: credential.id,
  rawId: text(credential.rawId),
  type: credential.type,
  authenticatorAttachment: credential.authenticatorAttachment ?? null,
  clientExtensionResults: credential.getClientExtensionResults(),
  response,
});

async function optionsOf(form) {
  const here = document.getElementById("passkey-options");
  if (here) return JSON.parse(here.textContent);
  const fetched = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!fetched.ok) throw new Error(String(fetched.status));
  return fetched.json();
}

async function act(form) {
  const said = form.querySelector("[data-passkey-said]");
  said.textContent = "Your browser now asks for the passkey.";
  try {
    const { creation_options: creation, request_options: request } = await optionsOf(form);
    const alone = form.querySelector("[name=passwordless]")?.checked ?? false;
    const given = creation ? await make(creation, alone) : await use(request);
    form.elements.namedItem("credential").value = JSON.stringify(given);
    const own = form.elements.namedItem("own_device");
    if (own) own.value = document.querySelector("[type=checkbox][name=own_device]")?.checked ? "on" : "";
    form.submit();
  } catch (problem) {
    said.textContent =
      problem.name === "InvalidStateError"
        ? "This device already has a passkey for your account."
        : "That did not work, or was cancelled. Try again, or use another way.";
  }
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.querySelector("[data-passkey-ask]").addEventListener("click", () => act(form));
  }
  for (const part of document.querySelectorAll("[data-without-passkeys]")) part.hidden = true;
}
