/* global fetch */
// The gateway's API as an administrator's program uses it, and the codes of an authenticator app.
import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';

const STEP_SECONDS = 30;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export class Api {
  constructor(server) {
    this.root = `${server}/api/v1`;
  }

  /** Send a request as whoever `signIn` was called for; raises for anything but success. */
  async call(method, path, body) {
    const answer = await this.send(method, path, body);
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
  }

  send(method, path, body) {
    return fetch(`${this.root}${path}`, {
      method,
      headers: {
        'Content-Type': 'application/json',
        'User-Agent': 'relaypacs-upload',
        ...(this.token && { Authorization: `Bearer ${this.token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  async signIn(credentials) {
    this.token = (await this.call('POST', '/auth/login', credentials)).access_token;
    return this;
  }
}

/** Return the code of the present time step (RFC 6238 over RFC 4226, SHA-1, 6 digits). */
export function totp(secret, now = Date.now()) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 1000 / STEP_SECONDS)));
  const digest = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = digest[digest.length - 1] & 0xf;
  const number = (digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000;
  return String(number).padStart(6, '0');
}

function fromBase32(text) {
  const bits = [...text.replace(/[\s=]/g, '')]
    .map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}
