import { Button, Kbd } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, type ReactElement } from "react";
import { revealHidden } from "../../../core/domain/kernel/hidden-characters.ts";
import { useDatabaseAway } from "../../host-client/database-away.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { moment } from "../../ui/moment.ts";
import { useScreenKeys } from "../../ui/keys.tsx";
import style from "./drafts.module.css";

/** Stands over every screen while the database is away: how old what is shown is, and what can be done meanwhile. */
export function OfflineBanner(): ReactElement | undefined {
  const { say, language } = useSpeech();
  const navigate = useNavigate();
  const away = useDatabaseAway();
  const show = (): void => void navigate({ to: "/drafts" });
  useScreenKeys([{ key: "shift+D", what: say("drafts.key.open"), act: show }]);
  useReadAgain(away !== undefined);
  if (!away) return undefined;
  return (
    <div className={style["banner"]} role="status">
      <IconPlugConnectedX size={16} aria-hidden />
      <span title={revealHidden(away.detail)}>
        <strong>{away.since === undefined ? say("drafts.offlineNever") : say("drafts.offline", { when: moment(away.since, language) })}</strong>{" "}
        {say("drafts.offlineWhat")}
      </span>
      <Button size="compact-xs" variant="default" onClick={show}>
        {say("drafts.show")} <Kbd size="xs">D</Kbd>
      </Button>
    </div>
  );
}

/** What was read from the copy is read anew as soon as the database is back; what is followed goes on by itself. */
function useReadAgain(isAway: boolean): void {
  const cache = useQueryClient();
  const wasAway = useRef(isAway);
  useEffect(() => {
    if (wasAway.current && !isAway) void cache.invalidateQueries({ predicate: ({ queryKey }) => kindOf(queryKey[1]) === "query" });
    wasAway.current = isAway;
  }, [cache, isAway]);
}

/** A query's key is its path, and what kind of query it is. */
function kindOf(part: unknown): unknown {
  return typeof part === "object" && part !== null && "type" in part ? part.type : undefined;
}
