import { Button } from "@mantine/core";
import { type MouseEvent, useRef } from "react";
import type { useDownloadCheck } from "../api/downloads";

interface DownloadProps {
  url: string;
  variant?: "filled" | "default";
  check: ReturnType<typeof useDownloadCheck>;
  children: string;
}

/** A link that asks first: a browser would save a refusal under the result's name. */
export function Download({ url, variant = "filled", check, children }: DownloadProps) {
  const isChecked = useRef(false);
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    if (isChecked.current) {
      isChecked.current = false;
      return;
    }
    event.preventDefault();
    const link = event.currentTarget;
    check.mutate(url, {
      onSuccess: () => {
        isChecked.current = true;
        link.click();
      },
    });
  };
  return (
    <Button component="a" href={url} download variant={variant} onClick={follow} loading={check.isPending}>
      {children}
    </Button>
  );
}
