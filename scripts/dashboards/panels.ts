import {
  FieldColorModeId,
  MappingType,
  type Panel,
  type Threshold,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/schema';

/** The uid of the provisioned datasource. */
export const PROMETHEUS = { type: 'prometheus', uid: 'prometheus' } as const;

/** Of Grafana's units, those that are used. */
export type Unit =
  | 'short'
  | 'reqps'
  | 's'
  | 'percentunit'
  | 'percent'
  | 'bytes'
  | 'currencyUSD'
  | 'ops'
  | 'none';

export interface Query {
  readonly expr: string;
  /** Name of each series, with `{{label}}`; for a single one its name. */
  readonly legend: string;
}

interface PanelText {
  readonly title: string;
  /** What it shows, and when to worry. */
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
}

/** Where the colour changes, from the left: `['green', [0.01, 'red']]`. */
export type Steps = readonly [string, ...(readonly [number, string])[]];

export interface Sized {
  /** In the 24 columns of a dashboard. */
  readonly width: number;
  readonly height: number;
  readonly panel: Panel;
}

export interface StatOptions extends PanelText {
  readonly steps?: Steps;
  readonly texts?: Readonly<Record<string, { readonly text: string; readonly color: string }>>;
  readonly width?: number;
}

/** One number, coloured by its thresholds, over its own course. */
export function stat({ steps = ['blue'], texts = {}, width = 4, ...text }: StatOptions): Sized {
  const panel = {
    ...common('stat', text),
    fieldConfig: {
      defaults: {
        unit: text.unit,
        color: { mode: FieldColorModeId.Thresholds },
        thresholds: thresholds(steps),
        mappings: mappings(texts),
        noValue: '–',
      },
      overrides: [],
    },
    options: {
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      colorMode: 'value',
      graphMode: 'area',
      textMode: 'auto',
      justifyMode: 'auto',
    },
  } satisfies Panel;
  return { width, height: 4, panel };
}

export interface SeriesOptions extends PanelText {
  readonly steps?: Steps;
  readonly stacked?: boolean;
  readonly width?: number;
}

/** A course over time. Steps are drawn as lines. */
export function series({ steps, stacked = false, width = 12, ...text }: SeriesOptions): Sized {
  const panel = {
    ...common('timeseries', text),
    fieldConfig: {
      defaults: {
        unit: text.unit,
        min: 0,
        color: { mode: FieldColorModeId.PaletteClassic },
        ...(steps === undefined ? {} : { thresholds: thresholds(steps) }),
        custom: {
          lineWidth: 1,
          fillOpacity: stacked ? 30 : 8,
          showPoints: 'never',
          spanNulls: false,
          stacking: { mode: stacked ? 'normal' : 'none', group: 'A' },
          thresholdsStyle: { mode: steps === undefined ? 'off' : 'dashed' },
        },
      },
      overrides: [],
    },
    options: {
      legend: {
        displayMode: 'table',
        placement: 'bottom',
        calcs: ['mean', 'max', 'lastNotNull'],
        showLegend: true,
      },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  } satisfies Panel;
  return { width, height: 8, panel };
}

/** What is largest now, as bars. */
export function bars({ width = 12, ...text }: PanelText & { readonly width?: number }): Sized {
  const panel = {
    ...common('bargauge', text, 'instant'),
    fieldConfig: {
      defaults: {
        unit: text.unit,
        min: 0,
        color: { mode: FieldColorModeId.PaletteClassic },
        thresholds: thresholds(['blue']),
      },
      overrides: [],
    },
    options: {
      orientation: 'horizontal',
      displayMode: 'gradient',
      showUnfilled: true,
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    },
  } satisfies Panel;
  return { width, height: 8, panel };
}

export interface StatesOptions extends PanelText {
  readonly texts: Readonly<Record<string, { readonly text: string; readonly color: string }>>;
  readonly width?: number;
}

/** States over time, as coloured bands. */
export function states({ texts, width = 12, ...text }: StatesOptions): Sized {
  const panel = {
    ...common('state-timeline', text),
    fieldConfig: {
      defaults: {
        unit: text.unit,
        color: { mode: FieldColorModeId.Thresholds },
        thresholds: thresholds(['text']),
        mappings: mappings(texts),
        custom: { fillOpacity: 80, lineWidth: 0 },
      },
      overrides: [],
    },
    options: { mergeValues: true, showValue: 'auto', rowHeight: 0.85, legend: { showLegend: false } },
  } satisfies Panel;
  return { width, height: 8, panel };
}

function common(
  type: string,
  { title, description, queries }: PanelText,
  kind: 'range' | 'instant' = 'range',
) {
  return {
    type,
    title,
    description,
    datasource: PROMETHEUS,
    targets: queries.map(({ expr, legend }, i) => ({
      refId: String.fromCharCode(65 + i),
      datasource: PROMETHEUS,
      expr,
      legendFormat: legend,
      range: kind === 'range',
      instant: kind === 'instant',
    })),
  };
}

function thresholds([base, ...steps]: Steps) {
  // Grafana writes the lowest bound, minus infinity, as null.
  const all: { value: number | null; color: string }[] = [
    { value: null, color: base },
    ...steps.map(([value, color]) => ({ value, color })),
  ];
  return { mode: ThresholdsMode.Absolute, steps: all as Threshold[] };
}

function mappings(texts: NonNullable<StatOptions['texts']>): ValueMapping[] {
  const options = Object.fromEntries(
    Object.entries(texts).map(([value, { text, color }], index) => [value, { text, color, index }]),
  );
  return Object.keys(options).length === 0 ? [] : [{ type: MappingType.ValueToText, options }];
}
