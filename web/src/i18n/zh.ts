// Every visible word of the app in Simplified Chinese.
import type { Dictionary } from './en';

export const zh: Dictionary = {
  nav: {
    compare: '比较', explain: '溯源', flow: '流向', battery: '电池', motor: '电机', supply: '供应链', credits: '积分', rules: '法规', market: '市场', fleet: '车队', cases: '说法核查', data: '数据',
  },
  shell: {
    pages: '页面', menu: '菜单', controls: '设置', scheme: '浅色或深色', light: '浅色', dark: '深色', skip: '跳到正文',
    colophon: '每个数字都出自注明来源的表格行。数据不会离开本机。', licences: '字体与程序库许可',
  },
  notice: { busy: '正在计算……', failed: '服务器没有响应。', help: '怎么办', remarks: (count) => `模型的 ${count} 条说明`, none: '没有结果。' },
  figure: { table: '以表格显示数值', save: '另存为', exports: '保存图或数值' },
  status: { read: '已读', derived: '推算', recalled: '转述', assumption: '假设' },
  statusMeaning: { read: '有人在所注来源中读到', derived: '由所注各行算出', recalled: '归于某来源，未再核读', assumption: '本项目的估计，理由见该行备注' },
  groups: { battery: '电池', drive: '电机、发动机', body: '车身及其余', assembly: '总装', energy: '用电、燃油', upkeep: '保养', end: '报废' },
  stages: {
    'battery-materials': '电池材料', 'cell-manufacturing': '电芯制造', 'battery-pack': '电池包', 'electric-drive': '电驱动', 'power-electronics': '电力电子', 'combustion-drive': '发动机与变速器',
    glider: '车身、底盘、内饰', tyres: '轮胎', fluids: '油液', assembly: '总装', electricity: '用电', fuel: '燃油', maintenance: '保养', 'end-of-life': '报废',
  },
  materials: {},
  tiers: {},
  terms: {},
  places: { WORLD: '世界', EU27: '欧盟' },
  topologies: { ipm: '内置式永磁 (IPM)', spm: '表贴式永磁 (SPM)', 'pma-synrm': '永磁辅助磁阻', eesm: '电励磁同步 (EESM)', induction: '感应', srm: '开关磁阻' },
  scenario: {
    country: '使用地', province: '省份', wholeCountry: '全国', year: '制造年份', km: '全寿命里程', grid: '行驶期间的电网', gridStatic: '保持不变', gridPathway: '逐年变化', use: '能耗', useOfficial: '官方测试', useReal: '实际道路',
    preset: '再生材料的计法', presets: { 'cut-off': '截断法：废料无负担', 'avoided-burden': '避免负担法：回收得抵扣', cff: '欧盟循环足迹公式' }, method: '气候指标',
  },
  compare: {
    title: '从矿山到车轮，再回到矿山',
    lead: 'Minewheel 追踪一辆车经过矿山、工厂、道路与回收的全程，给出它的气候代价与费用。点击任一色块，即可查看数字的出处。',
    cars: '车辆', scenario: '情景', edited: '已修改', pickPlaceholder: '车名', addCar: '从目录添加车辆', edit: '修改', close: '收起', saveFile: '保存', remove: '移除', openFile: '打开车辆文件 (TOML)',
    pack: '电池', chemistry: '化学体系', topology: '电机', closures: '车门、盖板与翼子板', metals: { steel: '钢', aluminium: '铝' }, castings: '一体化压铸', castingKinds: { none: '无', rear: '后部', 'front-and-rear': '前后' },
    recycledAluminium: '再生铝', sized: '由模型计算质量', sizedHint: '目录中的质量属于原设计。由模型计算时，质量随电池、电机和车身变化。',
    basis: '显示', perKm: '每公里', perLife: '全寿命', car: '车辆', total: '全寿命', quantity: '项目',
    stagesTitle: (unit) => `全寿命气候足迹，${unit}`, stagesNote: '数字为最佳估计 [第 5–95 百分位]，每条下方的线段表示同一区间。', clickHint: '点击查看出处', noInterval: '仅最佳估计，区间随后给出', sampled: (n) => `区间来自 ${n} 次抽样`,
    model: (version, data) => `Minewheel ${version}，数据 ${data}`, rests: (car) => `${car} 的依据`,
    breakevenTitle: '随里程累计的排放，t CO₂e', kmAxis: '行驶里程 km', withEnd: '含报废', level: '持平于', crossing: (a, b, km) => `${a} 与 ${b} 在 ${km} km 处持平。`, noCrossing: '在车辆寿命内各线不相交。',
    breakevenSource: '由制造（0 km）、均摊的使用和报废（末点）画出；色带连接两端的区间。',
    costTitle: '全寿命费用，千美元', costUnit: '千美元', costNote: '先是造车，再是能源与保养；不含税、保险与贴现。', making: '制造', using: '能源与保养', priceYears: (from, to) => `价格取最近的已知年份：${from} 至 ${to}`,
    rangeTitle: '四种规则下的纯电续航，km', rangeNote: '同一辆车按欧盟、中国、美国和旧欧洲循环的测试。', rangeNone: '所选车辆均不能纯电行驶。', rangeSource: '按各规则的循环逐秒仿真。',
    factsTitle: '数值', boundary: '计入范围',
    answer: (km, place, year) => `${year} 年制造、在${place}行驶 ${km} km，计入全寿命，每公里的气候代价为：`, grams: '克 CO₂e',
    facts: {
      kerb: '整备质量，kg', consumption: '电网侧耗电，kWh/100 km', fuel: '油耗，l/100 km', range: '纯电续航，km', production: '制造，kg CO₂e', use: '使用，kg CO₂e', end: '报废，kg CO₂e', total: '全寿命，g CO₂e/km', difference: '与第一辆之差，g CO₂e/km',
      battery: '电池，kg CO₂e/kWh', lithium: '含锂，kg', nickel: '含镍，kg', cobalt: '含钴，kg', copper: '含铜，kg',
    },
  },
};
