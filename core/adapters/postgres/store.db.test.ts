import { freshPostgres } from "../../testing/databases.ts";
import { documentUsesConformance } from "../../testing/document-uses.conformance.ts";
import { documentsConformance } from "../../testing/documents.conformance.ts";
import { describeOnPostgres } from "../../testing/postgres-server.ts";
import { listsConformance } from "../../testing/lists.conformance.ts";
import { modelUsageConformance } from "../../testing/model-usage.conformance.ts";
import { ownerWordsConformance } from "../../testing/owner-words.conformance.ts";
import { pullChecksConformance } from "../../testing/pull-checks.conformance.ts";
import { recordsConformance } from "../../testing/records.conformance.ts";
import { rulesConformance } from "../../testing/rules.conformance.ts";
import { storeConformance } from "../../testing/store.conformance.ts";
import { traceabilityConformance } from "../../testing/traceability.conformance.ts";

describeOnPostgres("PostgreSQL", (serverUrl) => {
  storeConformance("PostgreSQL", () => freshPostgres(serverUrl));
  pullChecksConformance("PostgreSQL", () => freshPostgres(serverUrl));
  modelUsageConformance("PostgreSQL", () => freshPostgres(serverUrl));
  recordsConformance("PostgreSQL", () => freshPostgres(serverUrl));
  documentsConformance("PostgreSQL", () => freshPostgres(serverUrl));
  documentUsesConformance("PostgreSQL", () => freshPostgres(serverUrl));
  traceabilityConformance("PostgreSQL", () => freshPostgres(serverUrl));
  listsConformance("PostgreSQL", () => freshPostgres(serverUrl));
  ownerWordsConformance("PostgreSQL", () => freshPostgres(serverUrl));
  rulesConformance("PostgreSQL", () => freshPostgres(serverUrl));
});
