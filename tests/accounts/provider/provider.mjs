// A real OpenID provider on the loopback: node provider.mjs PORT CALLBACK LOGGED_OUT, its signing keys in JWKS.
// Anybody signs in there by the name they type; the name becomes the subject and the claim `login`.
import Provider from "oidc-provider";

const [port, callback, loggedOut, ended] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "yice",
      client_secret: "a secret of the tests",
      redirect_uris: [callback],
      post_logout_redirect_uris: [loggedOut],
      token_endpoint_auth_method: "client_secret_post",
      backchannel_logout_uri: ended,
      backchannel_logout_session_required: true,
    },
  ],
  jwks: { keys: JSON.parse(process.env.JWKS) },
  cookies: { keys: ["of the tests"] },
  pkce: { required: () => true },
  claims: { openid: ["sub", "login"] },
  conformIdTokenClaims: false,
  features: { backchannelLogout: { enabled: true } },
  // Its guard against addresses of one's own network would refuse the loopback, where the tests listen.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, login: id.replace("at-office-", "") }) }),
});
const server = provider.listen(Number(port), "127.0.0.1", () => console.log(`ready ${server.address().port}`));
