import { freshPglite } from "../../testing/databases.ts";
import { documentUsesConformance } from "../../testing/document-uses.conformance.ts";
import { documentsConformance } from "../../testing/documents.conformance.ts";
import { listsConformance } from "../../testing/lists.conformance.ts";
import { modelUsageConformance } from "../../testing/model-usage.conformance.ts";
import { ownerWordsConformance } from "../../testing/owner-words.conformance.ts";
import { pullChecksConformance } from "../../testing/pull-checks.conformance.ts";
import { recordsConformance } from "../../testing/records.conformance.ts";
import { storeConformance } from "../../testing/store.conformance.ts";

storeConformance("PGlite", freshPglite);
pullChecksConformance("PGlite", freshPglite);
modelUsageConformance("PGlite", freshPglite);
recordsConformance("PGlite", freshPglite);
documentsConformance("PGlite", freshPglite);
documentUsesConformance("PGlite", freshPglite);
listsConformance("PGlite", freshPglite);
ownerWordsConformance("PGlite", freshPglite);
