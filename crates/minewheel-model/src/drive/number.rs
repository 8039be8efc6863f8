//! Numbers that the lane kernel works on: plain ones, dual ones that carry derivatives, and several cars side by side.
//!
//! ```text
//! dual    f(x + ε·x') = f(x) + ε·f'(x)·x',   ε² = 0
//! ```
//!
//! A dual number carries the derivatives of a value with respect to [`DUAL`] inputs; every operation applies the chain
//! rule, so the derivatives are exact to rounding. The larger or smaller of two numbers takes the derivatives of the
//! one that it is; at a tie, of the second.
//!
//! Lanes hold [`WIDTH`] cars in single precision; their sums are kept in double precision.

use std::array::from_fn;
use std::ops::{Add, Div, Mul, Sub};

use super::tables::OCV_POINTS;

/// Inputs of a dual number.
pub(super) const DUAL: usize = 6;
/// Cars side by side.
pub(super) const WIDTH: usize = 8;

/// A number of the lane kernel.
pub(super) trait Number: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> {
    /// What sums of it are kept in.
    type Sum: Copy + Add<Output = Self::Sum> + Sub<Output = Self::Sum>;
    /// The same constant in every lane.
    fn of(value: f64) -> Self;
    /// The same constant in every lane, given in both precisions.
    fn of_either(double: f64, single: f32) -> Self;
    /// The larger.
    fn larger(self, other: Self) -> Self;
    /// The smaller.
    fn smaller(self, other: Self) -> Self;
    /// The square root.
    fn root(self) -> Self;
    /// `e` to its power.
    fn exponential(self) -> Self;
    /// Its power with a constant exponent; the number is above nought.
    fn power(self, exponent: f64) -> Self;
    /// One where it is above the other, else nought.
    fn above(self, other: Self) -> Self;
    /// Whether it is above the other in any lane.
    fn is_above_anywhere(self, other: Self) -> bool;
    /// On straight lines between equally spaced points, at 0..=1.
    fn between(points: &[Self; OCV_POINTS], at: Self) -> Self;
    /// As a sum.
    fn wide(self) -> Self::Sum;
    /// A sum as a number.
    fn narrow(sum: Self::Sum) -> Self;
}

/// The point below, and the part of the way to the next.
fn place(at: f64) -> (usize, f64) {
    let at = at.clamp(0.0, 1.0) * (OCV_POINTS - 1) as f64;
    let below = (at as usize).min(OCV_POINTS - 2);
    (below, at - below as f64)
}

impl Number for f64 {
    type Sum = Self;
    fn of(value: f64) -> Self {
        value
    }
    fn of_either(double: f64, _: f32) -> Self {
        double
    }
    fn larger(self, other: Self) -> Self {
        if self > other { self } else { other }
    }
    fn smaller(self, other: Self) -> Self {
        if self < other { self } else { other }
    }
    fn root(self) -> Self {
        self.sqrt()
    }
    fn exponential(self) -> Self {
        self.exp()
    }
    fn power(self, exponent: f64) -> Self {
        self.powf(exponent)
    }
    fn above(self, other: Self) -> Self {
        if self > other { 1.0 } else { 0.0 }
    }
    fn is_above_anywhere(self, other: Self) -> bool {
        self > other
    }
    fn between(points: &[Self; OCV_POINTS], at: Self) -> Self {
        let (below, part) = place(at);
        points[below] + part * (points[below + 1] - points[below])
    }
    fn wide(self) -> Self {
        self
    }
    fn narrow(sum: Self) -> Self {
        sum
    }
}

/// A value with its derivatives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Dual {
    /// The value.
    pub value: f64,
    /// Its derivatives.
    pub slopes: [f64; DUAL],
}

impl Dual {
    /// The input number `at`.
    pub fn input(value: f64, at: usize) -> Self {
        Self { value, slopes: from_fn(|i| f64::from(u8::from(i == at))) }
    }

    /// A function of it with that value and derivative.
    fn chain(self, value: f64, slope: f64) -> Self {
        Self { value, slopes: self.slopes.map(|s| slope * s) }
    }
}

impl Add for Dual {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { value: self.value + other.value, slopes: from_fn(|i| self.slopes[i] + other.slopes[i]) }
    }
}
impl Sub for Dual {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { value: self.value - other.value, slopes: from_fn(|i| self.slopes[i] - other.slopes[i]) }
    }
}
impl Mul for Dual {
    type Output = Self;
    #[expect(clippy::suspicious_arithmetic_impl, reason = "the product rule")]
    fn mul(self, other: Self) -> Self {
        Self { value: self.value * other.value, slopes: from_fn(|i| self.slopes[i] * other.value + self.value * other.slopes[i]) }
    }
}
impl Div for Dual {
    type Output = Self;
    #[expect(clippy::suspicious_arithmetic_impl, reason = "the quotient rule")]
    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        Self { value, slopes: from_fn(|i| (self.slopes[i] - value * other.slopes[i]) / other.value) }
    }
}

impl Number for Dual {
    type Sum = Self;
    fn of(value: f64) -> Self {
        Self { value, slopes: [0.0; DUAL] }
    }
    fn of_either(double: f64, _: f32) -> Self {
        Self::of(double)
    }
    fn larger(self, other: Self) -> Self {
        if self.value > other.value { self } else { other }
    }
    fn smaller(self, other: Self) -> Self {
        if self.value < other.value { self } else { other }
    }
    fn root(self) -> Self {
        let root = self.value.sqrt();
        // At nought the root has no derivative; the kernel's roots are of squares of voltages there, whose slope is cut.
        self.chain(root, if root > 0.0 { 0.5 / root } else { 0.0 })
    }
    fn exponential(self) -> Self {
        let value = self.value.exp();
        self.chain(value, value)
    }
    fn power(self, exponent: f64) -> Self {
        self.chain(self.value.powf(exponent), exponent * self.value.powf(exponent - 1.0))
    }
    fn above(self, other: Self) -> Self {
        Self::of(self.value.above(other.value))
    }
    fn is_above_anywhere(self, other: Self) -> bool {
        self.value > other.value
    }
    fn between(points: &[Self; OCV_POINTS], at: Self) -> Self {
        let (below, part) = place(at.value);
        let rise = points[below + 1] - points[below];
        let inside = (0.0..=1.0).contains(&at.value);
        let slope = if inside { rise.value * (OCV_POINTS - 1) as f64 } else { 0.0 };
        points[below] + rise * Self::of(part) + at.chain(0.0, slope)
    }
    fn wide(self) -> Self {
        self
    }
    fn narrow(sum: Self) -> Self {
        sum
    }
}

/// Cars side by side, in single precision.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lanes(pub [f32; WIDTH]);

/// Sums of cars side by side, in double precision.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sums(pub [f64; WIDTH]);

/// An operation on every lane.
macro_rules! lanewise {
    ($kind:ident, $($trait:ident, $name:ident, $sign:tt);+) => {$(
        impl $trait for $kind {
            type Output = Self;
            #[inline]
            fn $name(self, other: Self) -> Self {
                Self(from_fn(|i| self.0[i] $sign other.0[i]))
            }
        }
    )+};
}
lanewise!(Lanes, Add, add, +; Sub, sub, -; Mul, mul, *; Div, div, /);
lanewise!(Sums, Add, add, +; Sub, sub, -);

impl Number for Lanes {
    type Sum = Sums;
    #[inline]
    fn of(value: f64) -> Self {
        Self([value as f32; WIDTH])
    }
    #[inline]
    fn of_either(_: f64, single: f32) -> Self {
        Self([single; WIDTH])
    }
    #[inline]
    fn larger(self, other: Self) -> Self {
        Self(from_fn(|i| if self.0[i] > other.0[i] { self.0[i] } else { other.0[i] }))
    }
    #[inline]
    fn smaller(self, other: Self) -> Self {
        Self(from_fn(|i| if self.0[i] < other.0[i] { self.0[i] } else { other.0[i] }))
    }
    #[inline]
    fn root(self) -> Self {
        Self(self.0.map(f32::sqrt))
    }
    fn exponential(self) -> Self {
        Self(self.0.map(f32::exp))
    }
    fn power(self, exponent: f64) -> Self {
        Self(self.0.map(|v| v.powf(exponent as f32)))
    }
    #[inline]
    fn above(self, other: Self) -> Self {
        Self(from_fn(|i| if self.0[i] > other.0[i] { 1.0 } else { 0.0 }))
    }
    #[inline]
    fn is_above_anywhere(self, other: Self) -> bool {
        (0..WIDTH).any(|i| self.0[i] > other.0[i])
    }
    fn between(points: &[Self; OCV_POINTS], at: Self) -> Self {
        Self(from_fn(|i| {
            let at = at.0[i].clamp(0.0, 1.0) * (OCV_POINTS - 1) as f32;
            let below = (at as usize).min(OCV_POINTS - 2);
            points[below].0[i] + (at - below as f32) * (points[below + 1].0[i] - points[below].0[i])
        }))
    }
    #[inline]
    fn wide(self) -> Sums {
        Sums(self.0.map(f64::from))
    }
    #[inline]
    fn narrow(sum: Sums) -> Self {
        Self(sum.0.map(|v| v as f32))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A function that uses every operation.
    fn all_of<N: Number>(x: N, y: N) -> N {
        let a = (x * x + y).root() / (y + N::of(2.0));
        let b = (x - y).larger(N::of(0.25)) * (x * N::of(0.1)).exponential();
        (a + b).smaller(x.power(1.7) + N::of(3.0)) - x.above(y) * y
    }

    proptest! {
        #[test]
        fn dual_slopes_are_central_differences(x in 0.5..4.0f64, y in 0.5..4.0f64) {
            let found = all_of(Dual::input(x, 0), Dual::input(y, 1));
            prop_assert!((found.value - all_of(x, y)).abs() < 1e-12);
            let h = 1e-5;
            let differences = [(all_of(x + h, y) - all_of(x - h, y)) / (2.0 * h), (all_of(x, y + h) - all_of(x, y - h)) / (2.0 * h)];
            // Away from where the function has a kink or a step.
            let kinks = [x - y - 0.25, x - y, {
                let (a, b) = ((x * x + y).sqrt() / (y + 2.0), (x - y).max(0.25) * (0.1 * x).exp());
                a + b - x.powf(1.7) - 3.0
            }];
            prop_assume!(kinks.iter().all(|k| k.abs() > 1e-3));
            for (slope, difference) in found.slopes.iter().zip(differences) {
                prop_assert!((slope - difference).abs() < 1e-7 * difference.abs().max(1.0), "{slope} {difference}");
            }
        }

        #[test]
        fn lanes_are_the_same_numbers_in_single_precision(x in 0.5..4.0f64, y in 0.5..4.0f64) {
            let plain = all_of(x, y);
            let lanes = all_of(Lanes::of(x), Lanes::of(y));
            prop_assume!((x - y).abs() > 1e-5);
            prop_assert!(lanes.0.iter().all(|&v| (f64::from(v) - plain).abs() < 1e-5 * plain.abs().max(1.0)));
        }
    }
}
