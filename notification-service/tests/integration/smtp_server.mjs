// A real SMTP server (nodemailer's smtp-server) that offers STARTTLS and refuses recipients on demand:
// `refuse-550@…` at RCPT, `refuse-data-451@…` after the data. Prints its port, then one JSON line per accepted mail.
// Arguments: folder of node_modules, certificate, key, "utf8" or "ascii".
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [modules, certificate, key, addresses] = process.argv.slice(2);
const { SMTPServer } = createRequire(`${modules}/`)("smtp-server");

function refusal(address, place) {
  const code = new RegExp(`^refuse-${place}(\\d{3})@`).exec(address)?.[1];
  return code ? Object.assign(new Error("as asked"), { responseCode: Number(code) }) : null;
}

const server = new SMTPServer({
  cert: readFileSync(certificate),
  key: readFileSync(key),
  authOptional: true,
  hideSMTPUTF8: addresses === "ascii",
  onRcptTo: ({ address }, _session, done) => done(refusal(address, "")),
  onData(stream, session, done) {
    stream.resume();
    stream.on("end", () => {
      const [{ address }] = session.envelope.rcptTo;
      const refused = refusal(address, "data-");
      if (!refused) console.log(JSON.stringify({ address, secure: session.secure }));
      done(refused);
    });
  },
});
server.on("error", () => {});
server.listen(0, "127.0.0.1", () => console.log(server.server.address().port));
