//! What the specification asks of each property of a footprint, as a table, and the faults of a document against it.

use serde_json::{Map, Value};

use crate::clock::Moment;
use crate::decimal::{Decimal, Sign};

/// A property that is not as the specification wants it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {seen}, wanted {wanted}")]
pub struct Fault {
    /// Where, as `pcf.declaredUnitAmount`.
    pub path: String,
    /// What stands there.
    pub seen: String,
    /// What would do.
    pub wanted: String,
}

impl Fault {
    /// A fault of the document as a whole.
    pub fn whole(seen: &str, wanted: &str) -> Self {
        Self { path: "footprint".to_owned(), seen: seen.to_owned(), wanted: wanted.to_owned() }
    }
}

/// What may stand in a property.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Filled,
    Uuid,
    Date,
    Urn,
    Uri,
    Flag,
    Decimal(Sign),
    OneOf(&'static [&'static str]),
    Like(fn(&str) -> bool, &'static str),
    /// A list, not empty, of unlike items.
    Set(&'static Kind),
    /// A list of at least so many items.
    List(&'static Kind, usize),
    Object(&'static [Field]),
    AnyObject,
}

/// A property.
struct Field {
    name: &'static str,
    is_required: bool,
    kind: Kind,
}

const fn must(name: &'static str, kind: Kind) -> Field {
    Field { name, is_required: true, kind }
}

const fn may(name: &'static str, kind: Kind) -> Field {
    Field { name, is_required: false, kind }
}

use Kind::{AnyObject, Date, Filled, Flag, Like, List, Object, OneOf, Set, Text, Uri, Urn, Uuid};

const ANY: Kind = Kind::Decimal(Sign::Any);
const POSITIVE: Kind = Kind::Decimal(Sign::Positive);
const NOT_NEGATIVE: Kind = Kind::Decimal(Sign::NotNegative);
const NOT_POSITIVE: Kind = Kind::Decimal(Sign::NotPositive);

const FOOTPRINT: &[Field] = &[
    must("id", Uuid),
    must("specVersion", Like(is_version, "a version as \"3.0.0\"")),
    may("precedingPfIds", Set(&Uuid)),
    must("created", Date),
    must("status", OneOf(&["Active", "Deprecated"])),
    may("validityPeriodStart", Date),
    may("validityPeriodEnd", Date),
    must("companyName", Filled),
    must("companyIds", Set(&Urn)),
    must("productDescription", Text),
    must("productIds", Set(&Urn)),
    may("productClassifications", Set(&Urn)),
    must("productNameCompany", Filled),
    may("comment", Text),
    must("pcf", Object(CARBON)),
    may("extensions", List(&Object(EXTENSION), 0)),
];

/// The units of the specification.
pub const UNITS: &[&str] =
    &["liter", "kilogram", "cubic meter", "kilowatt hour", "megajoule", "ton kilometer", "square meter", "piece", "hour", "megabit second"];

const REGIONS: &[&str] = &[
    "Africa",
    "Americas",
    "Asia",
    "Europe",
    "Oceania",
    "Australia and New Zealand",
    "Central Asia",
    "Eastern Asia",
    "Eastern Europe",
    "Latin America and the Caribbean",
    "Melanesia",
    "Micronesia",
    "Northern Africa",
    "Northern America",
    "Northern Europe",
    "Polynesia",
    "South-eastern Asia",
    "Southern Asia",
    "Southern Europe",
    "Sub-Saharan Africa",
    "Western Asia",
    "Western Europe",
];

const CARBON: &[Field] = &[
    must("declaredUnitOfMeasurement", OneOf(UNITS)),
    must("declaredUnitAmount", POSITIVE),
    must("productMassPerDeclaredUnit", NOT_NEGATIVE),
    must("referencePeriodStart", Date),
    must("referencePeriodEnd", Date),
    may("geographyRegionOrSubregion", OneOf(REGIONS)),
    may("geographyCountry", Like(is_country, "a country's two letters in ISO 3166-1, as \"CN\"")),
    may("geographyCountrySubdivision", Like(is_subdivision, "a code of ISO 3166-2, as \"CN-GX\"")),
    may("boundaryProcessesDescription", Text),
    must("pcfExcludingBiogenicUptake", ANY),
    must("pcfIncludingBiogenicUptake", ANY),
    must("fossilCarbonContent", NOT_NEGATIVE),
    may("biogenicCarbonContent", NOT_NEGATIVE),
    may("recycledCarbonContent", NOT_NEGATIVE),
    must("fossilGhgEmissions", NOT_NEGATIVE),
    may("landUseChangeGhgEmissions", NOT_NEGATIVE),
    may("landCarbonLeakage", NOT_NEGATIVE),
    may("landManagementFossilGhgEmissions", NOT_NEGATIVE),
    may("landManagementBiogenicCO2Emissions", NOT_NEGATIVE),
    may("landManagementBiogenicCO2Removals", NOT_POSITIVE),
    may("biogenicCO2Uptake", NOT_POSITIVE),
    may("biogenicNonCO2Emissions", NOT_NEGATIVE),
    may("landAreaOccupation", NOT_NEGATIVE),
    may("aircraftGhgEmissions", NOT_NEGATIVE),
    may("packagingEmissionsIncluded", Flag),
    may("packagingGhgEmissions", NOT_NEGATIVE),
    may("packagingBiogenicCarbonContent", NOT_NEGATIVE),
    may("outboundLogisticsGhgEmissions", NOT_NEGATIVE),
    may("ccsTechnologicalCO2CaptureIncluded", Flag),
    may("ccsTechnologicalCO2Capture", NOT_POSITIVE),
    may("technologicalCO2CaptureOrigin", Text),
    may("technologicalCO2Removals", NOT_POSITIVE),
    may("ccuCarbonContent", NOT_NEGATIVE),
    may("ccuCalculationApproach", OneOf(&["Cut-off", "Credit"])),
    may("ccuCreditCertification", Uri),
    must("ipccCharacterizationFactors", Set(&Like(is_report, "a report of the IPCC, as \"AR6\""))),
    must("crossSectoralStandards", Set(&Text)),
    may("productOrSectorSpecificRules", Set(&Object(RULE))),
    must("exemptedEmissionsPercent", ANY),
    may("exemptedEmissionsDescription", Text),
    may("allocationRulesDescription", Text),
    may("secondaryEmissionFactorSources", List(&Object(FACTOR_SOURCE), 1)),
    may("primaryDataShare", ANY),
    may("dqi", Object(QUALITY)),
    may("verification", Object(VERIFICATION)),
];

const EXTENSION: &[Field] = &[must("specVersion", Text), must("dataSchema", Uri), may("documentation", Uri), must("data", AnyObject)];
const RULE: &[Field] =
    &[must("operator", OneOf(&["PEF", "EPD International", "Other"])), must("ruleNames", Set(&Filled)), may("otherOperatorName", Filled)];
const FACTOR_SOURCE: &[Field] = &[must("name", Filled), must("version", Filled)];
const QUALITY: &[Field] = &[must("technologicalDQR", ANY), must("geographicalDQR", ANY), must("temporalDQR", ANY)];
const VERIFICATION: &[Field] = &[
    may("coverage", OneOf(&["PCF calculation model", "PCF program", "product level"])),
    may("providerName", Text),
    may("completedAt", Date),
    may("standardName", Text),
    may("comments", Text),
];

const GEOGRAPHIES: [&str; 3] = ["geographyRegionOrSubregion", "geographyCountry", "geographyCountrySubdivision"];

/// Amounts of nought or less within all emissions.
const TAKEN_OUT: [&str; 3] = ["landManagementBiogenicCO2Removals", "ccsTechnologicalCO2Capture", "technologicalCO2Removals"];
/// Relative rounding of decimals that are added up.
const ROUNDING: f64 = 1e-6;

/// Everything that keeps a document from being a footprint of version 3.
pub fn faults(document: &Value) -> Vec<Fault> {
    let mut found = Vec::new();
    object("", document, FOOTPRINT, &mut found);
    if !found.is_empty() {
        return found;
    }
    let pcf = &document["pcf"];
    let places: Vec<&str> = GEOGRAPHIES.into_iter().filter(|g| pcf.get(*g).is_some()).collect();
    if places.len() > 1 {
        found.push(Fault { path: "pcf".to_owned(), seen: places.join(" and "), wanted: "one of them, or none for the world".to_owned() });
    }
    if !document["specVersion"].as_str().is_some_and(|v| v.starts_with("3.")) {
        found.push(Fault {
            path: "specVersion".to_owned(),
            seen: shown(&document["specVersion"]),
            wanted: "version 3; versions 2.0 to 2.3 are read too, by their own properties".to_owned(),
        });
    }
    for (part, path, start, end) in
        [(pcf, "pcf.", "referencePeriodStart", "referencePeriodEnd"), (document, "", "validityPeriodStart", "validityPeriodEnd")]
    {
        let time = |name: &str| part.get(name).and_then(Value::as_str).and_then(Moment::read);
        if let (Some(from), Some(to)) = (time(start), time(end))
            && from > to
        {
            found.push(Fault {
                path: format!("{path}{end}"),
                seen: shown(&part[end]),
                wanted: format!("no day before {start} ({})", shown(&part[start])),
            });
        }
    }
    share(&pcf["exemptedEmissionsPercent"], "pcf.exemptedEmissionsPercent", &mut found);
    share(&pcf["primaryDataShare"], "pcf.primaryDataShare", &mut found);
    sums(pcf, &mut found);
    found
}

/// Parts that are more than their whole: fossil emissions beyond all emissions, carbon beyond the product's mass.
///
/// All emissions are less what is captured or taken out of the air, so those amounts, nought or less, are given back before.
fn sums(pcf: &Value, found: &mut Vec<Fault>) {
    let number = |name: &str| pcf.get(name).and_then(Value::as_str).and_then(Decimal::read).map_or(0.0, |d| d.to_f64());
    let mut at_most = |name: &str, seen: f64, most: f64, wanted: &str| {
        if seen > most + ROUNDING * most.abs().max(seen.abs()) {
            found.push(Fault { path: format!("pcf.{name}"), seen: shown(&pcf[name]), wanted: format!("{wanted} ({most})") });
        }
    };
    let taken_out: f64 = TAKEN_OUT.into_iter().map(number).sum();
    let all = number("pcfExcludingBiogenicUptake") - taken_out;
    at_most("fossilGhgEmissions", number("fossilGhgEmissions"), all, "at most pcfExcludingBiogenicUptake before captures and removals");
    let mass = number("productMassPerDeclaredUnit");
    // Nought stands for what has no mass: freight, energy, data.
    if mass > 0.0 {
        let carbon = number("fossilCarbonContent") + number("biogenicCarbonContent");
        at_most("fossilCarbonContent", carbon, mass, "with biogenicCarbonContent at most productMassPerDeclaredUnit");
    }
}

/// A share in per cent, if there is one, lies between nought and a hundred.
fn share(value: &Value, path: &str, found: &mut Vec<Fault>) {
    let per_cent = value.as_str().and_then(Decimal::read).map(|d| d.to_f64());
    if per_cent.is_some_and(|p| !(0.0..=100.0).contains(&p)) {
        found.push(Fault { path: path.to_owned(), seen: shown(value), wanted: "0 to 100, in per cent".to_owned() });
    }
}

fn object(path: &str, value: &Value, fields: &[Field], found: &mut Vec<Fault>) {
    let Some(map) = value.as_object() else {
        found.push(Fault { path: named(path), seen: shown(value), wanted: "an object".to_owned() });
        return;
    };
    for field in fields {
        check_field(path, map, field, found);
    }
}

fn check_field(path: &str, map: &Map<String, Value>, field: &Field, found: &mut Vec<Fault>) {
    let path = if path.is_empty() { field.name.to_owned() } else { format!("{path}.{}", field.name) };
    match map.get(field.name) {
        Some(value) => check(&path, value, field.kind, found),
        None if field.is_required => found.push(Fault { path, seen: "missing".to_owned(), wanted: wanted(field.kind) }),
        None => {}
    }
}

fn check(path: &str, value: &Value, kind: Kind, found: &mut Vec<Fault>) {
    let is_good = match kind {
        Object(fields) => return object(path, value, fields, found),
        Set(item) => return list(path, value, *item, (1, true), found),
        List(item, least) => return list(path, value, *item, (least, false), found),
        AnyObject => value.is_object(),
        Flag => value.is_boolean(),
        Text => value.is_string(),
        Filled => value.as_str().is_some_and(|t| !t.is_empty()),
        Uuid => value.as_str().is_some_and(is_uuid),
        Date => value.as_str().and_then(Moment::read).is_some(),
        Urn => value.as_str().is_some_and(is_urn),
        Uri => value.as_str().is_some_and(is_uri),
        Kind::Decimal(sign) => value.as_str().and_then(Decimal::read).is_some_and(|d| d.is(sign)),
        OneOf(words) => value.as_str().is_some_and(|t| words.contains(&t)),
        Like(is_like, _) => value.as_str().is_some_and(is_like),
    };
    if !is_good {
        found.push(Fault { path: path.to_owned(), seen: shown(value), wanted: wanted(kind) });
    }
}

fn list(path: &str, value: &Value, item: Kind, (least, is_set): (usize, bool), found: &mut Vec<Fault>) {
    let fault = |seen: String, wanted: &str| Fault { path: path.to_owned(), seen, wanted: wanted.to_owned() };
    let Some(items) = value.as_array() else {
        found.push(fault(shown(value), "a list"));
        return;
    };
    if items.len() < least {
        found.push(fault("an empty list".to_owned(), "at least one item"));
    }
    for (index, entry) in items.iter().enumerate() {
        check(&format!("{path}[{index}]"), entry, item, found);
    }
    if is_set {
        let mut texts: Vec<String> = items.iter().map(ToString::to_string).collect();
        texts.sort();
        if texts.windows(2).any(|w| w[0] == w[1]) {
            found.push(fault("an item that stands twice".to_owned(), "unlike items"));
        }
    }
}

fn wanted(kind: Kind) -> String {
    match kind {
        Text => "a text".to_owned(),
        Filled => "a text that is not empty".to_owned(),
        Uuid => "a UUID".to_owned(),
        Date => "a date and time of RFC 3339, as \"2025-01-01T00:00:00Z\"".to_owned(),
        Urn => "a URN, as \"urn:pact:example.com:product-id:1\"".to_owned(),
        Uri => "a URI, as \"https://example.com/\"".to_owned(),
        Flag => "true or false".to_owned(),
        Kind::Decimal(sign) => sign.wanted().to_owned(),
        OneOf(words) => format!("one of {}", words.join(", ")),
        Like(_, words) => words.to_owned(),
        Set(_) | List(..) => "a list".to_owned(),
        Object(_) | AnyObject => "an object".to_owned(),
    }
}

fn named(path: &str) -> String {
    if path.is_empty() { "footprint".to_owned() } else { path.to_owned() }
}

/// Longest text of a document that a message repeats.
const LONGEST_SHOWN: usize = 60;

fn shown(value: &Value) -> String {
    let text = match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        other => other.to_string(),
    };
    if text.chars().count() <= LONGEST_SHOWN {
        return text;
    }
    format!("{}…", text.chars().take(LONGEST_SHOWN).collect::<String>())
}

/// Whether a text is a UUID in its usual form.
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

/// Whether a text starts as a URN does and says something.
pub fn is_urn(text: &str) -> bool {
    text.get(..4).is_some_and(|s| s.eq_ignore_ascii_case("urn:")) && text.len() > 4
}

fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let starts_well = scheme.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
    starts_well
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
        && !rest.is_empty()
        && !rest.contains(|c: char| c.is_whitespace() || "<>\"{}|\\^`".contains(c))
}

fn is_version(text: &str) -> bool {
    let (numbers, date) = text.split_once('-').map_or((text, None), |(n, d)| (n, Some(d)));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    numbers.split('.').count() == 3 && numbers.split('.').all(is_number) && date.is_none_or(|d| d.len() == 8 && is_number(d))
}

/// Officially assigned codes of ISO 3166-1 alpha-2.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD \
    CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF \
    GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN \
    KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA \
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI \
    SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI \
    VN VU WF WS YE YT ZA ZM ZW";

fn is_country(text: &str) -> bool {
    COUNTRIES.split(' ').any(|code| code == text)
}

fn is_subdivision(text: &str) -> bool {
    text.split_once('-').is_some_and(|(country, part)| {
        is_country(country) && (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    })
}

fn is_report(text: &str) -> bool {
    text.strip_prefix("AR").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}
