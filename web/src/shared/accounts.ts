const USERNAME = /^[A-Za-z0-9][A-Za-z0-9._@+-]{2,49}$/;
const EMAIL = /^[^\s@]+@[^\s@]+$/;

/** Whether the gateway takes this as a user name. */
export function isUsername(text: string): boolean {
  return USERNAME.test(text.trim());
}

/** Whether this looks like an e-mail address at all; the gateway looks more closely. */
export function looksLikeEmail(text: string): boolean {
  return EMAIL.test(text.trim());
}
