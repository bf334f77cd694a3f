import { useLocation, useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { tokenIn } from "../api/linkToken";

/** The token of the link that opened this page; it is taken out of the address bar and the history. */
export function useLinkToken(): string | null {
  const router = useRouter();
  const fragment = useLocation({ select: ({ hash }) => hash });
  const [token, setToken] = useState(() => tokenIn(fragment));
  useEffect(() => {
    if (fragment === "") return;
    setToken((known) => tokenIn(fragment) ?? known);
    void router.navigate({ to: ".", hash: "", replace: true });
  }, [fragment, router]);
  return token;
}
