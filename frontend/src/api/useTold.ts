import { useSyncExternalStore } from "react";
import { live } from "../platform";

/** Whether the server tells us of changes; else we have to ask. */
export function useTold(): boolean {
  return useSyncExternalStore(live.subscribe, () => live.isTold);
}
