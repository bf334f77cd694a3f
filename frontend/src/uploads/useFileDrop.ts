import { useEffect, useEffectEvent, useState } from "react";

/** Takes files that are dropped anywhere on the page; true while files hover over it. */
export function useFileDrop(onFiles: (files: FileList) => void): boolean {
  const [hovering, setHovering] = useState(false);
  const take = useEffectEvent(onFiles);
  useEffect(() => {
    const listening = new AbortController();
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const listen = (type: "dragover" | "dragleave" | "drop", listener: (event: DragEvent) => void) =>
      window.addEventListener(type, listener, { signal: listening.signal });
    listen("dragover", (event) => {
      if (!hasFiles(event)) return;
      // Else the browser would leave this page and open the file.
      event.preventDefault();
      setHovering(true);
    });
    listen("dragleave", (event) => {
      if (event.relatedTarget === null) setHovering(false);
    });
    listen("drop", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setHovering(false);
      if (event.dataTransfer && event.dataTransfer.files.length > 0) take(event.dataTransfer.files);
    });
    return () => listening.abort();
  }, []);
  return hovering;
}
