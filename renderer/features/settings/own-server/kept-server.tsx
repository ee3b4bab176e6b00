import { Button } from "@mantine/core";
import { IconPlugConnected } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import type { OwnServerState } from "../../../../core/contract/own-server.ts";
import { useHostQueries } from "../../../host-client/host-context.tsx";
import { useSpeech } from "../../../i18n/language.tsx";
import { CopyText } from "../../../ui/copy-text.tsx";
import { Failure } from "../../../ui/failure.tsx";
import { Foreign } from "../../../ui/foreign-text.tsx";
import style from "../settings.module.css";
import own from "./own-server.module.css";

/** The connection that is kept, how to open it, and how to be rid of it. */
export function KeptServer({ state, kept }: { readonly state: OwnServerState; readonly kept: NonNullable<OwnServerState["kept"]> }): ReactElement {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const cache = useQueryClient();
  const open = useMutation(queries.ownServer.open.mutationOptions());
  const forget = useMutation(
    queries.ownServer.forget.mutationOptions({ onSuccess: (next) => void cache.setQueryData(queries.ownServer.state.queryKey(), next) }),
  );
  return (
    <section className={own["kept"]} aria-label={say("server.kept")}>
      <p className={own["where"]}>
        <IconPlugConnected size={20} aria-hidden />
        <strong>
          <Foreign>{kept.database}</Foreign>
        </strong>
        <span className={own["dim"]}>
          <Foreign>{kept.forge}</Foreign>
        </span>
      </p>
      <p className={style["note"]}>{say(`server.kept.${kept.keptIn}`)}</p>
      <p className={own["buttons"]}>
        {state.canOpen ? (
          <Button size="xs" loading={open.isPending} onClick={() => open.mutate({})}>
            {say("server.open")}
          </Button>
        ) : undefined}
        <Button size="xs" variant="default" loading={forget.isPending} onClick={() => forget.mutate({})}>
          {say("server.forget")}
        </Button>
        {open.isSuccess ? <span role="status">{say("server.opening")}</span> : undefined}
      </p>
      <p className={style["note"]}>{say(state.canOpen ? "server.command" : "server.commandOnly")}</p>
      <CopyText name={say("server.commandName")} text={state.command} />
      <Failure error={open.error ?? forget.error} />
    </section>
  );
}
