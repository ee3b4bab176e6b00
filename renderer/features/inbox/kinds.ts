import { IconFileDiff, IconFlag, IconHelpCircle, IconTool } from "@tabler/icons-react";
import type { ComponentType } from "react";
import type { InboxItem } from "../../../core/contract/inbox.ts";

/** The shape of each kind of request. */
export const kindIcons: Readonly<Record<InboxItem["kind"], ComponentType<{ size?: number; stroke?: number }>>> = {
  tool: IconTool,
  question: IconHelpCircle,
  gate: IconFlag,
  document: IconFileDiff,
};
