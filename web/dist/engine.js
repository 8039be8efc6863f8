import{a}from"./chunk-4MO5BAP3.js";import"./chunk-WOT6VMZA.js";export{a as echarts};
