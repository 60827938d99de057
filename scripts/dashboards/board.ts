import { type Dashboard, DashboardCursorSync, type Panel, type RowPanel } from '@grafana/schema';
import type { Sized } from './panels.ts';
import { VARIABLES, type VariableName } from './variables.ts';

export interface Section {
  readonly title: string;
  readonly panels: readonly Sized[];
}

export interface BoardOptions {
  /** Names the file, and the dashboard in links. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Those that its queries use, in this order. */
  readonly variables: readonly VariableName[];
  readonly sections: readonly Section[];
}

const COLUMNS = 24;
const TAG = 'llm-edge-agent';

export function board({ uid, title, description, variables, sections }: BoardOptions) {
  return {
    uid,
    title,
    description,
    tags: [TAG],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: DashboardCursorSync.Crosshair,
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    templating: { list: variables.map((name) => VARIABLES[name]) },
    annotations: { list: [] },
    links: [
      {
        title: 'LLM Edge Agent',
        type: 'dashboards',
        tags: [TAG],
        asDropdown: true,
        includeVars: true,
        keepTime: true,
        targetBlank: false,
        icon: 'external link',
        tooltip: '',
        url: '',
      },
    ],
    panels: numbered(sections.reduce<Placed>(placeSection, { panels: [], y: 0 }).panels),
  } satisfies Dashboard;
}

interface Placed {
  readonly panels: readonly (Panel | RowPanel)[];
  /** The first free line. */
  readonly y: number;
}

function placeSection({ panels, y }: Placed, { title, panels: sized }: Section): Placed {
  const row: RowPanel = {
    type: 'row',
    id: 0,
    title,
    collapsed: false,
    panels: [],
    gridPos: { x: 0, y, w: COLUMNS, h: 1 },
  };
  let [x, line, height] = [0, y + 1, 0];
  const placed = sized.map(({ width, height: h, panel }) => {
    if (x + width > COLUMNS) [x, line, height] = [0, line + height, 0];
    const gridPos = { x, y: line, w: width, h };
    x += width;
    height = Math.max(height, h);
    return { ...panel, gridPos };
  });
  return { panels: [...panels, row, ...placed], y: line + height };
}

function numbered<T extends Panel | RowPanel>(panels: readonly T[]): T[] {
  return panels.map((panel, i) => ({ ...panel, id: i + 1 }));
}
