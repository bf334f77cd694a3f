import { expect, onTestFinished, test } from "vitest";
import { ApiProblem, NotReached } from "../../src/api/problems";
import { CSRF_HEADER, Session, type SessionTrace } from "../../src/api/session";
import { type Answer, type Asked, serve, type TestServer } from "../server";

const LONG_S = 900;
/** Shorter than the margin before which a token is renewed. */
const SHORT_S = 1;

const tokens = (text: string, expiresInS = LONG_S): Answer => ({
  status: 200,
  body: { access_token: text, token_type: "bearer", expires_in: expiresInS, refresh_token: "not for scripts" },
});

const refused = (status: number, code: string): Answer => ({ status, body: { code, detail: "No.", status } });

function remembered(present: boolean): SessionTrace & { present: boolean } {
  return {
    present,
    read() {
      return this.present;
    },
    write(now) {
      this.present = now;
    },
  };
}

function sessionAt(server: TestServer, trace = remembered(true)): Session {
  const session = new Session(server.origin, trace);
  onTestFinished(() => session.forget());
  return session;
}

const calls = (server: TestServer, path: string): Asked[] => server.asked.filter((one) => one.path.endsWith(path));

test("signing in gives a token that requests carry", async () => {
  const server = await serve(({ path }) => (path.endsWith("login") ? tokens("first") : { status: 200, body: {} }));
  const session = sessionAt(server);
  await session.signIn("ana@example.com", "correct horse");
  await session.fetch(new Request(`${server.origin}/api/v1/videos`));
  expect(calls(server, "/videos")[0]?.headers.authorization).toBe("Bearer first");
  expect(session.state).toBe("signed-in");
});

test("a refused sign-in is a problem with its code", async () => {
  const server = await serve(() => refused(401, "wrong_credentials"));
  const signingIn = sessionAt(server).signIn("ana@example.com", "wrong");
  await expect(signingIn).rejects.toMatchObject({ code: "wrong_credentials", status: 401 });
  await expect(signingIn).rejects.toBeInstanceOf(ApiProblem);
});

test("a browser that never signed in asks the server nothing", async () => {
  const server = await serve(() => tokens("never"));
  expect(await sessionAt(server, remembered(false)).restore()).toBe("signed-out");
  expect(server.asked).toEqual([]);
});

test("a reload restores the session by its cookie and the CSRF header", async () => {
  const server = await serve(() => tokens("renewed"));
  const session = sessionAt(server);
  expect(await session.restore()).toBe("signed-in");
  const [asked] = calls(server, "/refresh");
  expect(asked?.headers[CSRF_HEADER.toLowerCase()]).toBe("1");
  expect(asked?.body).toBe("");
  expect(await session.freshToken()).toBe("renewed");
});

test("a session that has ended is forgotten", async () => {
  const server = await serve(() => refused(401, "session_ended"));
  const trace = remembered(true);
  expect(await sessionAt(server, trace).restore()).toBe("signed-out");
  expect(trace.present).toBe(false);
});

test("a server that is down ends no session", async () => {
  const server = await serve(() => refused(503, "service_unavailable"));
  const trace = remembered(true);
  const session = sessionAt(server, trace);
  await expect(session.restore()).rejects.toMatchObject({ status: 503 });
  expect([session.state, trace.present]).toEqual(["unknown", true]);
});

test("a server that cannot be reached is told as such", async () => {
  const server = await serve(() => tokens("never"));
  const session = sessionAt(server);
  await server.close();
  await expect(session.restore()).rejects.toBeInstanceOf(NotReached);
});

test("a token about to end is renewed before it is used, once for all requests", async () => {
  const server = await serve(({ path }) => {
    if (path.endsWith("login")) return tokens("old", SHORT_S);
    return path.endsWith("refresh") ? { ...tokens("new"), afterMs: 50 } : { status: 200, body: {} };
  });
  const session = sessionAt(server);
  await session.signIn("ana@example.com", "correct horse");
  const request = () => session.fetch(new Request(`${server.origin}/api/v1/videos`));
  await Promise.all([request(), request(), request()]);
  expect(calls(server, "/refresh")).toHaveLength(1);
  expect(calls(server, "/videos").map((one) => one.headers.authorization)).toEqual(Array(3).fill("Bearer new"));
});

test("a token that the server no longer takes is renewed, and the request sent again with its body", async () => {
  const server = await serve(({ path, headers }) => {
    if (path.endsWith("login")) return tokens("revoked");
    if (path.endsWith("refresh")) return tokens("new");
    return headers.authorization === "Bearer new" ? { status: 200, body: {} } : refused(401, "invalid_token");
  });
  const session = sessionAt(server);
  await session.signIn("ana@example.com", "correct horse");
  const response = await session.fetch(new Request(`${server.origin}/api/v1/me`, { method: "PATCH", body: "hello" }));
  expect(response.status).toBe(200);
  expect(calls(server, "/me").map((one) => one.body)).toEqual(["hello", "hello"]);
});

test("a request after the end of the session gets the server's refusal", async () => {
  const server = await serve(({ path }) =>
    path.endsWith("login") ? tokens("revoked") : refused(401, "session_ended"),
  );
  const session = sessionAt(server);
  await session.signIn("ana@example.com", "correct horse");
  const response = await session.fetch(new Request(`${server.origin}/api/v1/videos`));
  expect([response.status, session.state]).toEqual([401, "signed-out"]);
});

test("signing out tells the server whose session ends, and forgets it", async () => {
  const server = await serve(({ path }) => (path.endsWith("login") ? tokens("first") : { status: 204 }));
  const trace = remembered(false);
  const session = sessionAt(server, trace);
  await session.signIn("ana@example.com", "correct horse");
  await session.signOut();
  expect(calls(server, "/logout")[0]?.headers.authorization).toBe("Bearer first");
  expect([session.state, trace.present, await session.freshToken()]).toEqual(["signed-out", false, null]);
});

test("whoever shows the session hears of each change once", async () => {
  const server = await serve(({ path }) => (path.endsWith("login") ? tokens("first") : { status: 204 }));
  const session = sessionAt(server);
  const heard: string[] = [];
  session.subscribe(() => heard.push(session.state));
  await session.signIn("ana@example.com", "correct horse");
  await session.signOut();
  session.forget();
  expect(heard).toEqual(["signed-in", "signed-out"]);
});
