//! The product footprint of the PACT Technical Specifications, version 3.
//!
//! A footprint has two sides. The document is text, kept as it came ([`Document`]); the reading is typed
//! ([`ProductFootprint`]). Documents are checked against the specification's data model ([`rules`]) before they are
//! stored, every fault at once. Footprints of versions 2.0 to 2.3 are read by [`v2`].
//!
//! Nothing here computes a footprint.
//!
//! Source: WBCSD, PACT Technical Specifications 3.0.3 (2025-12-11), data model.

pub mod rules;
pub mod v2;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::clock::Moment;
use crate::decimal::Decimal;
use crate::json;

pub use rules::Fault;

/// Years that a footprint is valid after its reference period where it says nothing else.
const YEARS_OF_VALIDITY: i64 = 3;

/// Whether a footprint is to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Status {
    /// The latest of its product.
    Active,
    /// Another one took its place.
    Deprecated,
}

impl Status {
    /// The word of the specification.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Deprecated => "Deprecated",
        }
    }
}

/// A footprint of a product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductFootprint {
    /// Its identifier, a UUID.
    #[schema(format = "uuid")]
    pub id: String,
    /// The version of the specification that it keeps to.
    pub spec_version: String,
    /// Footprints that it takes the place of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preceding_pf_ids: Option<Vec<String>>,
    /// When it was made.
    #[schema(format = "date-time")]
    pub created: String,
    /// Whether it is to be used.
    pub status: Status,
    /// From when it is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date-time")]
    pub validity_period_start: Option<String>,
    /// Until when it is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date-time")]
    pub validity_period_end: Option<String>,
    /// The company that answers for it.
    pub company_name: String,
    /// Its identifiers, URNs.
    #[schema(min_items = 1)]
    pub company_ids: Vec<String>,
    /// The product in words.
    pub product_description: String,
    /// The product's identifiers, URNs.
    #[schema(min_items = 1)]
    pub product_ids: Vec<String>,
    /// Classes of the product, URNs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_classifications: Option<Vec<String>>,
    /// The product's trade name.
    pub product_name_company: String,
    /// Remarks on the reckoning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The footprint itself.
    pub pcf: CarbonFootprint,
    /// Further data under schemas of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub extensions: Option<Vec<Value>>,
}

/// What a footprint is reckoned per.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum DeclaredUnit {
    /// Volume.
    #[serde(rename = "liter")]
    Litre,
    /// Mass.
    #[serde(rename = "kilogram")]
    Kilogram,
    /// Volume.
    #[serde(rename = "cubic meter")]
    CubicMetre,
    /// Energy.
    #[serde(rename = "kilowatt hour")]
    KilowattHour,
    /// Energy.
    #[serde(rename = "megajoule")]
    Megajoule,
    /// Freight.
    #[serde(rename = "ton kilometer")]
    TonneKilometre,
    /// Area.
    #[serde(rename = "square meter")]
    SquareMetre,
    /// Pieces.
    #[serde(rename = "piece")]
    Piece,
    /// Time.
    #[serde(rename = "hour")]
    Hour,
    /// Data.
    #[serde(rename = "megabit second")]
    MegabitSecond,
}

/// The carbon footprint of a declared unit: emissions in kg CO2e, carbon in kg, shares in per cent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CarbonFootprint {
    /// The unit.
    pub declared_unit_of_measurement: DeclaredUnit,
    /// How many of the unit.
    #[schema(value_type = String, format = "decimal")]
    pub declared_unit_amount: Decimal,
    /// Mass of the product in kg.
    #[schema(value_type = String, format = "decimal")]
    pub product_mass_per_declared_unit: Decimal,
    /// Start of the data.
    #[schema(format = "date-time")]
    pub reference_period_start: String,
    /// End of the data.
    #[schema(format = "date-time")]
    pub reference_period_end: String,
    /// A region of the United Nations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geography_region_or_subregion: Option<String>,
    /// A country, ISO 3166-1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geography_country: Option<String>,
    /// A part of a country, ISO 3166-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geography_country_subdivision: Option<String>,
    /// All but the uptake of carbon dioxide by plants.
    #[schema(value_type = String, format = "decimal")]
    pub pcf_excluding_biogenic_uptake: Decimal,
    /// All with that uptake.
    #[schema(value_type = String, format = "decimal")]
    pub pcf_including_biogenic_uptake: Decimal,
    /// Fossil emissions.
    #[schema(value_type = String, format = "decimal")]
    pub fossil_ghg_emissions: Decimal,
    /// Fossil carbon in the product.
    #[schema(value_type = String, format = "decimal")]
    pub fossil_carbon_content: Decimal,
    /// Biogenic carbon in the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "decimal")]
    pub biogenic_carbon_content: Option<Decimal>,
    /// Assessment reports whose factors were used.
    #[schema(min_items = 1)]
    pub ipcc_characterization_factors: Vec<String>,
    /// Standards kept to.
    #[schema(min_items = 1)]
    pub cross_sectoral_standards: Vec<String>,
    /// Emissions left out, in per cent.
    #[schema(value_type = String, format = "decimal")]
    pub exempted_emissions_percent: Decimal,
    /// Share of the footprint that rests on measured data of its chain, in per cent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "decimal")]
    pub primary_data_share: Option<Decimal>,
    /// Every further property of the specification.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub further: serde_json::Map<String, Value>,
}

/// A checked footprint: the text as it came, and what lists and filters ask of it.
#[derive(Debug, Clone)]
pub struct Document {
    /// The footprint as JSON text, exactly as sent.
    pub text: String,
    /// The text in an older version from which `text` was made.
    pub original: Option<String>,
    /// Its identifier in lower case.
    pub id: String,
    /// Whether it is to be used.
    pub status: Status,
    /// Start of validity.
    pub starts: Moment,
    /// End of validity.
    pub ends: Moment,
    /// What filters look up, in lower case: (`product`, …), (`company`, …), (`class`, …), (`place`, …).
    pub keys: Vec<(&'static str, String)>,
    /// Footprints that it takes the place of.
    pub preceding: Vec<String>,
}

impl Document {
    /// Reads a footprint of version 3 or 2.
    ///
    /// # Errors
    /// Every fault of the document.
    pub fn read(text: &str) -> Result<Self, Vec<Fault>> {
        let value = json::read(text.as_bytes()).map_err(|e| vec![Fault::whole("this is no JSON of a footprint", &e)])?;
        if v2::is_v2(&value) {
            let upgraded = v2::upgrade(&value)?;
            let new = serde_json::to_string(&upgraded).map_err(|e| vec![Fault::whole("cannot be written", &e.to_string())])?;
            let mut document = Self::of(new, &upgraded)?;
            document.original = Some(text.to_owned());
            return Ok(document);
        }
        Self::of(text.to_owned(), &value)
    }

    fn of(text: String, value: &Value) -> Result<Self, Vec<Fault>> {
        let faults = rules::faults(value);
        if !faults.is_empty() {
            return Err(faults);
        }
        let list = |v: &Value| -> Vec<String> { v.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_lowercase).collect() };
        let word = |v: &Value| v.as_str().map(str::to_lowercase);
        let time = |v: &Value| v.as_str().and_then(Moment::read);
        let pcf = &value["pcf"];
        // The rules have seen that the end of the reference period is a date.
        let measured = time(&pcf["referencePeriodEnd"]).unwrap_or(Moment(0));
        let mut keys = Vec::new();
        for (kind, property) in [("product", "productIds"), ("company", "companyIds"), ("class", "productClassifications")] {
            keys.extend(list(&value[property]).into_iter().map(|v| (kind, v)));
        }
        for property in ["geographyCountry", "geographyRegionOrSubregion", "geographyCountrySubdivision"] {
            keys.extend(word(&pcf[property]).map(|v| ("place", v)));
        }
        keys.sort();
        keys.dedup();
        Ok(Self {
            id: word(&value["id"]).unwrap_or_default(),
            status: if value["status"] == "Deprecated" { Status::Deprecated } else { Status::Active },
            starts: time(&value["validityPeriodStart"]).unwrap_or(measured),
            ends: time(&value["validityPeriodEnd"]).unwrap_or_else(|| measured.years_later(YEARS_OF_VALIDITY)),
            keys,
            preceding: list(&value["precedingPfIds"]),
            original: None,
            text,
        })
    }

    /// The typed reading.
    ///
    /// # Errors
    /// The text does not fit the type; a document that passed the rules does.
    pub fn typed(&self) -> Result<ProductFootprint, serde_json::Error> {
        serde_json::from_str(&self.text)
    }
}

/// The text of a footprint with its status changed and every other character of its values kept.
///
/// # Errors
/// The text is no JSON object.
pub fn with_status(text: &str, status: Status) -> Result<String, serde_json::Error> {
    let fields: Fields = serde_json::from_str(text)?;
    let mut parts = Vec::with_capacity(fields.0.len());
    for (key, value) in &fields.0 {
        let value = if key == "status" { format!("\"{}\"", status.word()) } else { value.get().to_owned() };
        parts.push(format!("{}:{value}", serde_json::to_string(key)?));
    }
    Ok(format!("{{{}}}", parts.join(",")))
}

/// The fields of an object, in their order, with their values as text.
struct Fields(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> serde::de::Visitor<'de> for Reader {
            type Value = Fields;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut entries: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(entry) = entries.next_entry()? {
                    fields.push(entry);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// The texts of the items of a JSON array, exactly as they stand, or the whole as one item if it is an object. The
/// object `{"data": …}` of a host's answer counts as what it holds.
///
/// # Errors
/// The text is neither.
pub fn items(text: &str) -> Result<Vec<String>, String> {
    #[derive(Deserialize)]
    struct Answer {
        data: Box<RawValue>,
    }
    let text = text.trim();
    if text.starts_with('[') {
        let items: Vec<Box<RawValue>> = serde_json::from_str(text).map_err(|e| e.to_string())?;
        return Ok(items.into_iter().map(|i| i.get().to_owned()).collect());
    }
    let value = json::read(text.as_bytes())?;
    if value.get("data").is_some() && value.get("id").is_none() {
        let answer: Answer = serde_json::from_str(text).map_err(|e| e.to_string())?;
        return items(answer.data.get());
    }
    Ok(vec![text.to_owned()])
}
