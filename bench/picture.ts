import type { CustomSeriesRenderItem } from "echarts";
import { CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent, TitleComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { LoadRow } from "./load.ts";
import type { Measured } from "./rounds.ts";
import { targetOf } from "./targets.ts";

use([CustomChart, LineChart, ScatterChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/** What the picture shows. */
export interface PictureFacts {
  /** What the ratios are to C on the same library. */
  readonly ratios: readonly Measured[];
  readonly load: readonly LoadRow[];
  /** Where and how it was measured. */
  readonly setting: string;
}

/** Stand-ins for colours: a style in the picture gives each its value in light and in dark. */
const [text, grid] = ["#010101", "#020202"];
const colours = { "public API": "#030303", addon: "#040404", "koffi alone": "#050505", goal: "#060606" } as const;
const style = `<style>
[fill="${text}"]{fill:#1f2328}[stroke="${grid}"]{stroke:#d8dee4}
[fill="${colours["public API"]}"]{fill:#0969da}[stroke="${colours["public API"]}"]{stroke:#0969da}
[fill="${colours.addon}"]{fill:#bc4c00}[stroke="${colours.addon}"]{stroke:#bc4c00}
[fill="${colours["koffi alone"]}"]{fill:#6e7781}[stroke="${colours["koffi alone"]}"]{stroke:#6e7781}
[fill="${colours.goal}"]{fill:#1a7f37}[stroke="${colours.goal}"]{stroke:#1a7f37}
@media (prefers-color-scheme:dark){
[fill="${text}"]{fill:#e6edf3}[stroke="${grid}"]{stroke:#30363d}
[fill="${colours["public API"]}"]{fill:#58a6ff}[stroke="${colours["public API"]}"]{stroke:#58a6ff}
[fill="${colours.addon}"]{fill:#f0883e}[stroke="${colours.addon}"]{stroke:#f0883e}
[fill="${colours["koffi alone"]}"]{fill:#8b949e}[stroke="${colours["koffi alone"]}"]{stroke:#8b949e}
[fill="${colours.goal}"]{fill:#3fb950}[stroke="${colours.goal}"]{stroke:#3fb950}
}</style>`;

const [width, rowHeight, top] = [900, 34, 90];

/** Draws what was measured as an SVG that reads well on a light and on a dark page. */
export function drawPicture({ ratios, load, setting }: PictureFacts): string {
  const rows = [...ratios].reverse();
  const bottom = top + rows.length * rowHeight;
  const height = bottom + 360;
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  chart.setOption({
    animation: false,
    textStyle: { color: text, fontFamily: "sans-serif" },
    title: [
      titleAt("Time of an operation, × the same work in C (median, and half of the rounds)", 12, setting),
      titleAt("Handshakes off the event loop, by how many run at once", bottom + 50),
    ],
    legend: { top: 60, left: 20, itemGap: 28, itemWidth: 14, textStyle: { color: text }, data: Object.keys(colours) },
    grid: [
      { left: 310, right: 40, top, height: rows.length * rowHeight },
      { left: 70, right: width / 2 + 30, top: bottom + 120, height: 180 },
      { left: width / 2 + 60, right: 40, top: bottom + 120, height: 180 },
    ],
    xAxis: [
      { ...axis(0), type: "value", min: 0.9, max: (range: { max: number }) => Math.ceil(range.max * 10) / 10 },
      { ...axis(1, "at once"), type: "category", data: inFlight(load).map(String) },
      { ...axis(2, "at once"), type: "category", data: inFlight(load).map(String) },
    ],
    yAxis: [
      { ...axis(0), type: "category", data: rows.map(({ workload }) => workload) },
      { ...axis(1, "legs a second"), type: "value", min: 0 },
      { ...axis(2, "event loop late, 99 % (ms)"), type: "value", min: 0 },
    ],
    series: [...ratioSeries(rows), ...loadSeries(load)],
  } satisfies EChartsCoreOption);
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg.replace(/(<svg[^>]*>)/, `$1\n${style}`).replaceAll(/\n{2,}/g, "\n")}\n`;
}

function titleAt(words: string, at: number, below = ""): object {
  const textStyle = { color: text, fontSize: 15 };
  return { text: words, subtext: below, left: 20, top: at, textStyle, subtextStyle: { color: text } };
}

function axis(gridIndex: number, name = ""): object {
  const line = { lineStyle: { color: grid } };
  return {
    gridIndex,
    name,
    nameLocation: name === "at once" ? "middle" : "end",
    nameGap: name === "at once" ? 28 : 15,
    nameTextStyle: { color: text, align: name === "at once" ? "center" : "left" },
    axisLabel: { color: text },
    axisLine: { show: true, ...line },
    axisTick: { show: false },
    splitLine: { show: true, ...line },
  };
}

type Contender = Exclude<keyof typeof colours, "goal">;

function ratioSeries(rows: readonly Measured[]): readonly object[] {
  const contenders: readonly Contender[] = ["koffi alone", "addon", "public API"];
  const goals = rows.map(({ workload }, row) => [targetOf(workload, "public API")?.base, row]);
  return [
    ...contenders.map((name) => ({
      name,
      type: "custom",
      clip: true,
      itemStyle: { color: colours[name] },
      renderItem: spreadItem(colours[name]),
      data: rows.flatMap(({ ratios }, row) => {
        const spread = ratios[name];
        return spread ? [[spread.median, row, spread.low, spread.high]] : [];
      }),
    })),
    {
      name: "goal",
      type: "scatter",
      symbol: "rect",
      symbolSize: [3, 22],
      itemStyle: { color: colours.goal },
      data: goals.filter(([goal]) => goal !== undefined),
    },
  ];
}

/** A dot at the median, on a line from the lower to the upper quartile. */
function spreadItem(colour: string): CustomSeriesRenderItem {
  return (_, api) => {
    const row = api.value(1);
    const [x = 0, y = 0] = api.coord([api.value(0), row]);
    const [low = 0] = api.coord([api.value(2), row]);
    const [high = 0] = api.coord([api.value(3), row]);
    return {
      type: "group",
      children: [
        {
          type: "line",
          shape: { x1: low, y1: y, x2: high, y2: y },
          style: { fill: "none", stroke: colour, lineWidth: 2 },
        },
        { type: "circle", shape: { cx: x, cy: y, r: 5 }, style: { fill: colour } },
      ],
    };
  };
}

function inFlight(load: readonly LoadRow[]): readonly number[] {
  return [...new Set(load.map((row) => row.inFlight))].sort((a, b) => a - b);
}

function loadSeries(load: readonly LoadRow[]): readonly object[] {
  const threads = [...new Set(load.map(({ workers }) => workers))];
  const values = [
    { axisIndex: 1, of: ({ legsPerSecond }: LoadRow) => legsPerSecond },
    { axisIndex: 2, of: ({ delay }: LoadRow) => delay.p99 },
  ];
  return values.flatMap(({ axisIndex, of }) =>
    threads.map((workers, index) => {
      const color = index === 0 ? colours["public API"] : colours.addon;
      return {
        type: "line",
        xAxisIndex: axisIndex,
        yAxisIndex: axisIndex,
        symbol: "circle",
        lineStyle: { color, width: 2 },
        itemStyle: { color },
        endLabel: {
          show: true,
          formatter: `${workers} thread${workers === 1 ? "" : "s"}`,
          color: text,
          offset: [-58, -12],
        },
        data: inFlight(load).map((count) => {
          const row = load.find((one) => one.workers === workers && one.inFlight === count);
          return row ? of(row) : null;
        }),
      };
    }),
  );
}
