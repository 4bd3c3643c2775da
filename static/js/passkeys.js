// Passkeys: asks the browser for what the device answers to a challenge, and sends it as a form.
// Without this script, or where browsers know no passkeys, these forms stay away.

/** @param {string} text */
const toBytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
};

/** @param {ArrayBuffer | null} bytes */
const toText = (bytes) => {
  if (bytes === null) return undefined;
  const plain = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

/** @param {{id: string, transports?: AuthenticatorTransport[]}[] | undefined} known */
const described = (known) =>
  (known ?? []).map((one) => ({ ...one, type: /** @type {const} */ ("public-key"), id: toBytes(one.id) }));

/** @param {string} address */
const asked = async (address) => {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" });
  if (!answer.ok || answer.redirected) throw new Error("not asked");
  return answer.json();
};

/** @param {any} options */
const made = async (options) => {
  const credential = /** @type {PublicKeyCredential | null} */ (
    await navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: toBytes(options.challenge),
        user: { ...options.user, id: toBytes(options.user.id) },
        excludeCredentials: described(options.excludeCredentials),
      },
    })
  );
  if (credential === null) throw new Error("nothing made");
  const response = /** @type {AuthenticatorAttestationResponse} */ (credential.response);
  return {
    ...identified(credential),
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      attestationObject: toText(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
};

/** @param {any} options */
const shown = async (options) => {
  const credential = /** @type {PublicKeyCredential | null} */ (
    await navigator.credentials.get({
      publicKey: {
        ...options,
        challenge: toBytes(options.challenge),
        allowCredentials: described(options.allowCredentials),
      },
    })
  );
  if (credential === null) throw new Error("nothing shown");
  const response = /** @type {AuthenticatorAssertionResponse} */ (credential.response);
  return {
    ...identified(credential),
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      authenticatorData: toText(response.authenticatorData),
      signature: toText(response.signature),
      userHandle: toText(response.userHandle),
    },
  };
};

/** @param {PublicKeyCredential} credential */
const identified = (credential) => ({
  id: credential.id,
  rawId: toText(credential.rawId),
  type: credential.type,
  clientExtensionResults: {},
});

for (const element of document.querySelectorAll("form[data-passkey]")) {
  const form = /** @type {HTMLFormElement} */ (element);
  const news = form.querySelector("[data-passkey-news]");
  const field = /** @type {HTMLInputElement | null} */ (form.querySelector("input[name=answer]"));
  // A passkey is for one name of this site: under another name there is none.
  const isPossible = "PublicKeyCredential" in window && location.hostname === form.dataset.host;
  const part = form.closest("[data-passkey-part]") ?? form;
  if (!isPossible || news === null || field === null) {
    const instead = document.querySelector("[data-no-passkeys]");
    if (instead instanceof HTMLElement) instead.hidden = false;
    continue;
  }
  if (part instanceof HTMLElement) part.hidden = false;
  let isAsking = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isAsking) return;
    isAsking = true;
    news.textContent = form.dataset.waiting ?? "";
    try {
      const options = await asked(form.dataset.options ?? "");
      field.value = JSON.stringify(await (form.dataset.passkey === "make" ? made(options) : shown(options)));
      form.submit();
    } catch (fault) {
      const isKnown = fault instanceof DOMException && fault.name === "InvalidStateError";
      news.textContent = (isKnown ? form.dataset.known : form.dataset.failed) ?? "";
    } finally {
      isAsking = false;
    }
  });
}

export {};
