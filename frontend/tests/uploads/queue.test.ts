import { expect, test } from "vitest";
import type { Video } from "../../src/api/client";
import { NotReached, problemIn } from "../../src/api/problems";
import { UploadQueue } from "../../src/uploads/queue";
import type { UploadTransport } from "../../src/uploads/transport";
import { type Answer, serve, type TestServer } from "../server";

const OPTIONS = '{"sampling":{"rule":"fps","fps":1}}';

/** One request per file, as the page does, but by `fetch`: Node has no XMLHttpRequest. */
function sendingTo(server: TestServer): UploadTransport {
  return {
    async send({ file, options }, onSent, signal) {
      onSent(Math.floor(file.size / 2));
      const headers = { "X-Options": options, "X-Name": file.name };
      const response = await fetch(`${server.origin}/videos`, { method: "POST", body: file, headers, signal }).catch(
        (error: unknown) => {
          throw signal.aborted ? signal.reason : new NotReached("no connection", { cause: error });
        },
      );
      onSent(file.size);
      if (!response.ok) throw await problemIn(response);
      return (await response.json()) as Video;
    },
    keepsParts: () => true,
    async discard({ file }) {
      await fetch(`${server.origin}/videos`, { method: "DELETE", headers: { "X-Name": file.name } });
    },
  };
}

const file = (name: string): File => new File(["x".repeat(1000)], name);
const stored = (name: unknown, afterMs = 0): Answer => ({ status: 202, body: { filename: name }, afterMs });

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((again) => setTimeout(again, 5));
}

test("every file arrives with its options and leaves the queue", async () => {
  const server = await serve(({ headers }) => stored(headers["x-name"]));
  const arrived: string[] = [];
  const queue = new UploadQueue(sendingTo(server), (video) => arrived.push(video.filename));
  queue.add([file("a.mp4"), file("b.mp4"), file("c.mp4")], OPTIONS);
  await until(() => queue.entries().length === 0);
  expect(arrived.toSorted()).toEqual(["a.mp4", "b.mp4", "c.mp4"]);
  expect(server.asked.every((one) => one.headers["x-options"] === OPTIONS)).toBe(true);
  expect(queue.isBusy).toBe(false);
});

test("no more than the given number are sent at once", async () => {
  const server = await serve(({ headers }) => stored(headers["x-name"], 20));
  const queue = new UploadQueue(sendingTo(server), () => undefined, 2);
  const sending: number[] = [];
  queue.subscribe(() => sending.push(queue.entries().filter((one) => one.state !== "waiting").length));
  queue.add(["a", "b", "c", "d", "e"].map(file), OPTIONS);
  await until(() => queue.entries().length === 0);
  expect(Math.max(...sending)).toBe(2);
  expect(server.asked).toHaveLength(5);
});

test("progress is told, and that all bytes are sent", async () => {
  const server = await serve(({ headers }) => stored(headers["x-name"], 10));
  const queue = new UploadQueue(sendingTo(server), () => undefined);
  const told: string[] = [];
  queue.subscribe(() => {
    const [entry] = queue.entries();
    if (entry) told.push(`${entry.state} ${entry.sentBytes}`);
  });
  queue.add([file("a.mp4")], OPTIONS);
  await until(() => queue.entries().length === 0);
  expect(told).toEqual(["waiting 0", "sending 0", "sending 500", "storing 1000"]);
});

test("a refused file stays with its problem, the others go on", async () => {
  const refusal: Answer = { status: 415, body: { code: "unsupported_container", detail: "This is a ZIP archive." } };
  const server = await serve(({ headers }) => (headers["x-name"] === "bad" ? refusal : stored(headers["x-name"])));
  const queue = new UploadQueue(sendingTo(server), () => undefined, 1);
  queue.add([file("bad"), file("good")], OPTIONS);
  await until(() => queue.entries().length === 1 && !queue.isBusy);
  expect(queue.entries()[0]).toMatchObject({ name: "bad", state: "failed", error: { code: "unsupported_container" } });
});

test("a failed upload can be tried again", async () => {
  let tries = 0;
  const server = await serve(({ headers }) => {
    tries += 1;
    return tries === 1 ? { status: 503, body: { code: "service_unavailable" } } : stored(headers["x-name"]);
  });
  const arrived: string[] = [];
  const queue = new UploadQueue(sendingTo(server), (video) => arrived.push(video.filename));
  queue.add([file("a.mp4")], OPTIONS);
  await until(() => queue.entries()[0]?.state === "failed");
  queue.resume(queue.entries()[0]?.id ?? "");
  await until(() => queue.entries().length === 0);
  expect(arrived).toEqual(["a.mp4"]);
});

test("a cancelled upload makes room for the next and never arrives", async () => {
  const server = await serve(({ method, headers }) =>
    stored(headers["x-name"], method === "POST" && headers["x-name"] === "slow" ? 5000 : 0),
  );
  const arrived: string[] = [];
  const queue = new UploadQueue(sendingTo(server), (video) => arrived.push(video.filename), 1);
  queue.add([file("slow"), file("next")], OPTIONS);
  await until(() => server.asked.length === 1);
  await queue.remove(queue.entries()[0]?.id ?? "");
  await until(() => queue.entries().length === 0);
  expect(arrived).toEqual(["next"]);
  expect(server.asked.filter((one) => one.method === "DELETE").map((one) => one.headers["x-name"])).toEqual(["slow"]);
});

test("a paused upload makes room, keeps what was sent in sight, and goes on when it is told to", async () => {
  let tries = 0;
  const server = await serve(({ headers }) => {
    tries += 1;
    return stored(headers["x-name"], tries === 1 ? 5000 : 0);
  });
  const arrived: string[] = [];
  const queue = new UploadQueue(sendingTo(server), (video) => arrived.push(video.filename), 1);
  queue.add([file("first"), file("next")], OPTIONS);
  await until(() => server.asked.length === 1);
  queue.pause(queue.entries()[0]?.id ?? "");
  await until(() => queue.entries().length === 1);
  expect(queue.entries()[0]).toMatchObject({ name: "first", state: "paused", sentBytes: 500 });
  expect(queue.isBusy).toBe(false);
  queue.resume(queue.entries()[0]?.id ?? "");
  await until(() => queue.entries().length === 0);
  expect(arrived).toEqual(["next", "first"]);
});

test("an upload that is paused and resumed at once is sent", async () => {
  const server = await serve(({ headers }) => stored(headers["x-name"], 20));
  const arrived: string[] = [];
  const queue = new UploadQueue(sendingTo(server), (video) => arrived.push(video.filename));
  queue.add([file("a.mp4")], OPTIONS);
  const id = queue.entries()[0]?.id ?? "";
  queue.pause(id);
  queue.resume(id);
  await until(() => queue.entries().length === 0);
  expect(arrived).toEqual(["a.mp4"]);
});

test("clearing stops and forgets all", async () => {
  const server = await serve(() => stored("any", 5000));
  const queue = new UploadQueue(sendingTo(server), () => undefined, 1);
  queue.add(["a", "b", "c"].map(file), OPTIONS);
  await until(() => server.asked.length === 1);
  queue.clear();
  expect(queue.entries()).toEqual([]);
  await new Promise((later) => setTimeout(later, 50));
  expect(server.asked.map((one) => one.method)).toEqual(["POST"]);
});
