import { IconBook2, IconFileText, IconInbox, IconLayoutKanban, IconPencil, IconPlayerPlay, IconSettings, IconShieldCheck } from "@tabler/icons-react";
import type { ComponentType } from "react";
import type { Text } from "../i18n/en.ts";

/** A screen of the rail. */
interface Place {
  readonly to: "/inbox/{-$id}" | "/board" | "/runs/{-$id}" | "/docs" | "/drafts" | "/knowledge" | "/audit" | "/settings/{-$section}";
  readonly text: Text;
  readonly icon: ComponentType<{ size?: number; stroke?: number }>;
}

export const places: readonly Place[] = [
  { to: "/inbox/{-$id}", text: "shell.inbox", icon: IconInbox },
  { to: "/board", text: "shell.board", icon: IconLayoutKanban },
  { to: "/runs/{-$id}", text: "shell.runs", icon: IconPlayerPlay },
  { to: "/docs", text: "shell.docs", icon: IconFileText },
  { to: "/drafts", text: "shell.drafts", icon: IconPencil },
  { to: "/knowledge", text: "shell.knowledge", icon: IconBook2 },
  { to: "/audit", text: "shell.audit", icon: IconShieldCheck },
  { to: "/settings/{-$section}", text: "shell.settings", icon: IconSettings },
];
