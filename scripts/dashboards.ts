/** Writes Grafana's dashboards as JSON. A test fails while the files differ from what this makes. */
import { writeFileSync } from 'node:fs';
import { DASHBOARD_FOLDER, DASHBOARDS, dashboardText } from './dashboards/all.ts';

for (const [file, dashboard] of Object.entries(DASHBOARDS)) {
  writeFileSync(new URL(`../${DASHBOARD_FOLDER}/${file}`, import.meta.url), dashboardText(dashboard));
}
