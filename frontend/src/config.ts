/** What the operator decides at run time, in `public/config.js`. */

declare global {
  interface Window {
    FIAPX_CONFIG?: { apiOrigin?: string };
  }
}

/** Where the API is: an origin, or empty for the one that served this page. */
export const apiOrigin = (globalThis.window?.FIAPX_CONFIG?.apiOrigin ?? "").replace(/\/+$/, "");

/** Whether requests leave this page's origin. */
export function isElsewhere(): boolean {
  return apiOrigin !== "" && apiOrigin !== window.location.origin;
}
