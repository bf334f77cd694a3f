/** Mails as the catcher of the local stack got them. */

import { expect } from "@playwright/test";

const API = new URL(process.env.FIAPX_URL ?? "http://127.0.0.1:8080");
/** As the local stack chooses its ports. */
const PORT = API.port === "8080" ? 8025 : Number(API.port) + 1;
const MAIL_PAGE = process.env.FIAPX_MAIL_URL ?? `http://${API.hostname}:${PORT}`;

interface Mail {
  time: string;
  text: string;
}

async function mailsTo(recipient: string): Promise<Mail[]> {
  const answer = await fetch(`${MAIL_PAGE}/api/email?to.address=${encodeURIComponent(recipient)}`);
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}`);
  const mails = (await answer.json()) as Mail[];
  return mails.toSorted((one, other) => one.time.localeCompare(other.time));
}

/** The links to one of the page's paths, in the order of the mails; returns when there are that many. */
export async function linksTo(recipient: string, path: string, count = 1): Promise<string[]> {
  const link = new RegExp(`${path}#token=[\\w-]+`);
  let links: string[] = [];
  const counted = async () => {
    links = (await mailsTo(recipient)).flatMap((mail) => link.exec(mail.text)?.[0] ?? []);
    return links.length;
  };
  await expect.poll(counted, { timeout: 120_000 }).toBe(count);
  return links;
}

export async function linkTo(recipient: string, path: string): Promise<string> {
  const [link] = await linksTo(recipient, path);
  if (link === undefined) throw new Error(`no mail to ${recipient} links to ${path}`);
  return link;
}
