// The drawing engine, tree-shaken to what the pages draw.
import { BarChart, CustomChart, HeatmapChart, LineChart, MapChart, SankeyChart, ScatterChart } from 'echarts/charts';
import { AriaComponent, GeoComponent, GraphicComponent, GridComponent, MarkLineComponent, MarkPointComponent, TitleComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';
import type { EChartsOption } from 'echarts';

echarts.use([
  BarChart, CustomChart, HeatmapChart, LineChart, MapChart, SankeyChart, ScatterChart, AriaComponent, GeoComponent, GraphicComponent, GridComponent,
  MarkLineComponent, MarkPointComponent, TitleComponent, TooltipComponent, VisualMapComponent, CanvasRenderer, SVGRenderer,
]);

// The content security policy refuses style attributes that scripts set as text; the object model is allowed.
const setAttribute = SVGElement.prototype.setAttribute;
SVGElement.prototype.setAttribute = function (name: string, value: string): void {
  if (name === 'style') this.style.cssText = value;
  else setAttribute.call(this, name, value);
};

export type Option = EChartsOption;
export type XAxis = NonNullable<Option['xAxis']>;
export type YAxis = NonNullable<Option['yAxis']>;
export type Series = NonNullable<Option['series']>;
export type Chart = echarts.ECharts;
export { echarts };
