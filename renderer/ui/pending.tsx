import type { ReactElement } from "react";
import { useLinkState } from "../host-client/host-context.tsx";
import { useSpeech } from "../i18n/language.tsx";
import { Failure } from "./failure.tsx";
import style from "./panes.module.css";

/** What stands where something is not read yet: that it is on its way, or why it does not come. Nothing is lost meanwhile: it is asked for again by itself. */
export function Pending({ reason }: { readonly reason?: unknown }): ReactElement {
  const { say } = useSpeech();
  // The shell says already that the host is away.
  const lost = useLinkState().phase === "lost";
  return (
    <div className={style["empty"]} role="status">
      {lost || reason === undefined || reason === null ? say("state.loading") : <Failure error={reason} />}
    </div>
  );
}
