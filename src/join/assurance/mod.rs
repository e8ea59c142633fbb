mod conform;
mod factor;
mod solve;
