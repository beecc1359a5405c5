// A real OpenID provider for the tests: `node oidc-provider.mjs CONFIGURATION`, the configuration being JSON with
// `port`, `clients` and `accounts` (login → claims). Everybody's password is right.

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const web = createRequire(new URL('../../web/package.json', import.meta.url));
const { default: Provider } = await import(pathToFileURL(web.resolve('oidc-provider')));

const { port, clients, accounts } = JSON.parse(process.argv[2]);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients,
  claims: {
    openid: ['sub'],
    profile: ['name', 'preferred_username', 'roles', 'realm_access'],
    email: ['email', 'email_verified'],
  },
  // As Keycloak, Entra ID and Google do: the claims are in the ID token itself.
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: true } },
  findAccount: (_context, login) =>
    accounts[login] && {
      accountId: login,
      claims: () => ({ sub: login, ...accounts[login] }),
    },
});

provider.listen(port, '127.0.0.1');
