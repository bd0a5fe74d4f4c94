"""Generate ``kinematics.txt``: word problems about motion, in the manner of a school book.

Every problem comes from one of the templates below, written for this project.  A template is a
paragraph which begins with ``@``; before the ``::`` stand the given numbers, after it the text:

* ``v 10:20:2, t 3:9, s = braking`` gives lowest value, highest value and step (1 if left out),
  or the name of a formula for a number which follows from the others;
* in the text, ``[one|two|three]`` is a choice and ``{v}`` a number, ``{t:second}`` a number with
  its unit in singular or plural, ``{h:a}`` a number with the right indefinite article.

Ranges are such that the quantity asked for is determined by what is given and makes sense.
Run the module to write the file beside it, or with ``--check`` to compare the two.
"""

from __future__ import annotations

import math
import random
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

TARGET = Path(__file__).with_suffix(".txt")
ROUNDS = 10  # how many problems are made from each template

T = TypeVar("T")
Formula = Callable[[dict[str, float]], float]

PEOPLE = (
    "Amara she her|Bruno he his|Celia she her|Dario he his|Edda she her|Farid he his|"
    "Greta she her|Henrik he his|Ines she her|Jonas he his|Kavya she her|Lorenz he his|"
    "Mirela she her|Nils he his|Odile she her|Pavel he his|Rosa she her|Sandro he his"
)


class Dice:
    """Choices drawn from ``random.Random(seed).random()`` alone."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self._random() * len(options))]

    def number(self, low: float, high: float, step: float = 1.0) -> float:
        return round(low + step * int(self._random() * (round((high - low) / step) + 1)), 6)

    def shuffled(self, items: Sequence[T]) -> list[T]:
        rest = list(items)
        return [rest.pop(int(self._random() * len(rest))) for _ in items]


class Quantity(float):
    """A number which prints itself without needless zeros, with a unit or with an article."""

    def __format__(self, spec: str) -> str:
        text = f"{float(self):.10g}"
        if spec == "a":
            whole = text.split(".")[0]
            return ("an " if whole[0] == "8" or whole in ("11", "18") else "a ") + text
        if spec:
            return f"{text} {spec}" if text == "1" else f"{text} {spec}s"
        return text


@dataclass(frozen=True)
class Template:
    """Ranges, formulas for the given quantities which follow from others, and a text."""

    ranges: tuple[tuple[str, tuple[float, ...]], ...]
    formulas: tuple[tuple[str, Formula], ...]
    text: str

    @classmethod
    def parse(cls, source: str) -> Template:
        head, text = " ".join(source.split()).split(" :: ")
        parts = [part.split() for part in head.split(", ")]
        limits = {p[0]: tuple(float(x) for x in p[1].split(":")) for p in parts if p[1] != "="}
        formulas = {p[0]: FORMULAS[p[2]] for p in parts if p[1] == "="}
        return cls(tuple(limits.items()), tuple(formulas.items()), text)

    def problem(self, dice: Dice) -> str:
        values = {name: dice.number(*limits) for name, limits in self.ranges}
        for name, formula in self.formulas:
            values[name] = formula(values)
        text = re.sub(r"\[([^]]*)\]", lambda m: dice.pick(m.group(1).split("|")), self.text)
        (name, she, her), (other, _, _) = (p.split() for p in dice.shuffled(PEOPLE.split("|"))[:2])
        him = "her" if she == "she" else "him"
        words = {"name": name, "she": she, "She": she.title(), "her": her, "him": him}
        numbers = {key: Quantity(value) for key, value in values.items()}
        return text.format(other=other, **words, **numbers)


def rounded(step: float, formula: Formula) -> Formula:
    """The formula's value rounded to a multiple of ``step``."""
    return lambda p: round(round(formula(p) / step) * step, 6)


FORMULAS: dict[str, Formula] = {
    "braking": rounded(10, lambda p: (p["v"] / 3.6) ** 2 / 2 / p["a"]),
    "rolled": rounded(1, lambda p: 50 * p["a"] * p["t"] * p["t"]),
    "half": lambda p: (p["l"] if "l" in p else p["v"]) / 2,
    "bounce": rounded(0.01, lambda p: p["h"] * p["k"]),
    "orbit": rounded(0.1, lambda p: math.pi / 30 * math.sqrt((6370 + p["h"]) ** 3 / 398600)),
}

TEMPLATES = """
@ a 0.4:1.2:0.1, t 5:12 :: [A tram|A metro train|An electric bus] leaves a stop from rest and
gains speed at a steady {a} m/s^2 for {t} s. [How fast is it going at the end of this time?|How
far does it travel while it is gaining speed?|What distance has it covered when it reaches half of
its final speed?]
@ v 90:198:18, a 0.4:1.1:0.1, s = braking :: [An express train|A night train|An intercity train]
running at {v} km/h brakes evenly and comes to a halt {s} m further on. [What is its acceleration
while it brakes?|How long does the braking take?|What was its speed half-way along the braking
distance?]
@ u 4:9, a 0.3:0.9:0.1, s 60:140:10 :: [A cyclist|A cargo bicycle|A rider on a racing bicycle]
enters a downhill lane at {u} m/s and is carried along with a constant acceleration of {a} m/s^2.
[How fast is the bicycle {s} m further down?|How long does it take to cover the next {s} m?]
@ r 0.5:1.1:0.1, v 12:24:2, a 5:7.5:0.5 :: {name} is driving at {v} m/s when {she} notices [a
fallen branch|a flock of geese|a stray suitcase|a flooded dip] on the road. {She} needs {r} s to
react, and the brakes then slow the car at {a} m/s^2. [How far does the car travel before it
stops?|How long after {name} notices it does the car stop?|At what least distance must {she}
notice it in order to stop in time?]
@ v 6:9:0.2, t 2:4:0.2 :: A sprinter reaches {v} m/s in the first {t} s of a 100 m race by
accelerating evenly from rest, then holds this speed to the finish. [What is the time for the
race?|How far from the start is the sprinter when the speed stops rising?|What is the average
speed over the whole race?]
@ a 0.3:1.2:0.1, t 1.5:3:0.5, s = rolled :: A [marble|steel ball|toy truck] released from rest at
the top of a straight ramp rolls {s} cm in the first {t} s, with constant acceleration. [What is
its acceleration?|How fast is it rolling at the end of this time?|How far will it have rolled in
all after twice this time, if the ramp is long enough?]
@ v 1.8:3.2:0.1, s 26:38 :: A curling stone is let go at {v} m/s and slides {s} m along the ice
before it stops. [What is its acceleration, taken as constant?|For how long does it slide?|How
fast was it moving after half of this distance?]
@ v 5:9:0.5, a 0.2:0.6:0.1 :: [A skater|A hockey player|A child on skates] moving at {v} m/s stops
pushing and glides straight on, slowing at {a} m/s^2. [How far does the glide go before the skates
stand still?|How long does the glide last?|How fast is the glide after 5 s?]
@ a 1:2:0.1, t 3:6, b 0.8:1.6:0.2 :: A sledge starts from rest at the top of a slope and runs down
it for {t} s with an acceleration of {a} m/s^2. On the level snow below it then slows at {b}
m/s^2. [How far does it slide on the level?|How fast is it at the foot of the slope?|How long does
the whole ride last?]
@ u 26:34:2, v 40:52:2, s 110:180:10 :: A falcon already diving at {u} m/s tucks in its wings and
is falling at {v} m/s after another {s} m. [What is its acceleration, if constant?|How long do
these {s} m take?]
@ a 0.002:0.009:0.001, d 10:40:5 :: [A space probe|A cargo craft between two planets|A survey
probe] with an ion engine gains speed at only {a} m/s^2, but the engine runs without a pause for
{d} days. [By how much does the speed grow?|How far does the craft move in this time, if it starts
from rest?]
@ v 4:9, a 0.5:1:0.1, w 20:60:5 :: A [tram|light railway carriage|monorail] starts from rest,
takes up {a} m/s^2 until it runs at {v} m/s, keeps this speed for {w} s and then brakes at 1.2
m/s^2 to a standstill. [How far apart are the two stops?|How long does the trip take?|What is the
average speed between the two stops?]
@ x 1:6, v 2:8, a 0.2:0.8:0.1, t 1:2:0.5 :: The position of a [toy car|beetle|robot] along a ruler
laid on the floor is x = {x} + {v}t - {a}t^2, with x in metres and t in seconds. [What is its
velocity at t = {t} s?|When does it turn round?|What is its acceleration?|How far from the zero of
the ruler is it at t = {t} s?]
@ v 6:15, t 4:9, w 10:20, r 3:6 :: A velocity-time graph of a [milk float|scooter|golf cart] rises
in a straight line from 0 to {v} m/s in {t} s, stays level for {w} s and falls in a straight line
to 0 in {r} s. [How far does the vehicle travel altogether?|What is the acceleration during the
first part?|What is the acceleration during the last part?]
@ d 60:180:10, u 60:110:5, v 70:130:5 :: Two trains set out at the same moment towards each other
from stations {d} km apart, one at {u} km/h and the other at {v} km/h. [After how many minutes do
they meet?|How far from the first train's station do they meet?|How far apart are they 10 minutes
after setting out?]
@ l 120:380:20, t 400:1500:50, v 20:40:2 :: [A goods train|A passenger train|A mail train] {l} m
long passes through a tunnel of {t} m at a constant {v} m/s. [How long is it from the moment the
engine enters until the last wagon is out?|For how long is the whole train hidden inside the
tunnel?|How long does it take the engine alone to pass through?]
@ s 4:12, u 10:16, v 24:36:2 :: {name} rides {s} km up to a [mill|chapel|lookout tower] at {u}
km/h and returns along the same lane at {v} km/h. [What is {her} average speed for the whole
ride?|How many minutes does the ride take?|How many minutes longer does the way up take than the
way down?]
@ u 14:18, v 22:30, m 10:30:5 :: {name} leaves the village by bicycle at {u} km/h. {other} starts
{m:minute} later from the same place on a moped and follows at {v} km/h. [How long does {other}
ride before drawing level?|How far from the village do they draw level?|How far ahead is {name}
when {other} starts?]
@ h 20:60:5, u 9:12, v 14:18 :: A hare sitting {h} m in front of a fox begins to run at {u} m/s at
the same moment as the fox, which runs after it at {v} m/s. [How many seconds pass before the fox
reaches the hare?|How far does the hare get before it is caught?|What is the gap between them
after 2 s?]
@ v 5:9, a 0.8:1.6:0.2 :: A delivery robot rolls past a [waiting courier on a scooter|parked
patrol buggy|sleepy guard on a bicycle] at a constant {v} m/s. At that instant the one left behind
sets off after it from rest with an acceleration of {a} m/s^2, which it keeps up. [After what time
are they level?|How far from the starting point do they draw level?|After what time is their
distance greatest?]
@ n 8:30:2, l 44:58, p 3:7, h = half :: {name} swims {n} lengths of a 25 m pool, each in {h} s,
and stops for {p} s at the wall after every length but the last. [What is the time for the whole
swim?|What is {her} average speed, the stops included?|How fast does {she} swim between the
walls?]
@ v 0.5:1.1:0.1, w 1.1:1.7:0.1, s 40:120:10 :: A moving walkway {s} m long runs at {v} m/s, and
{name} walks on it in the same direction at {w} m/s relative to the belt. [How long is {she} on
the walkway?|How much time does {she} save compared with walking beside it?|How many metres does
{she} walk relative to the belt?]
@ t 2:9:0.5 :: A ship's horn is sounded near a [cliff|harbour wall|tall iceberg], and the echo is
heard {t} s later on board. The ship is at rest and sound travels at 340 m/s. [How far away is the
obstacle?|How long would the echo take if the ship were only half as far away?]
@ t 4:15, v 30:60:5 :: {name} sees lightning over the hills and hears the thunder {t} s later;
sound travels at 340 m/s. The storm comes straight towards {him} at {v} km/h. [How far away was
the flash?|How many minutes from the flash does it take the storm to arrive?]
@ h 12:60:2 :: {name} lets a [pebble|chestnut|fir cone] fall from {h:a} m high bridge into a
river. [How long is it in the air?|How fast does it meet the water?|How fast is it moving half-way
down?] Leave air resistance out of account.
@ v 6:15 :: A [juggling ball|rubber ball|beanbag] is thrown straight up at {v} m/s and caught at
the height from which it was thrown. [How high does it rise?|How long is it in the air?|At what
height is its speed half of what it was at first?]
@ h 3:10:0.5, v 1:3.6:0.2 :: A diver leaves a board {h} m above the water with an upward velocity
of {v} m/s. [After what time does the diver reach the water?|How high above the water is the
highest point of the dive?|How fast is the diver moving on reaching the water?]
@ v 2:6:0.5, h 20:90:5 :: A hot-air balloon is climbing at {v} m/s when a [glove|map case|thermos
flask] slips over the edge of the basket, {h} m above the meadow. [How long does it take to reach
the ground?|What is its greatest height?|How fast is it falling just before it lands?]
@ v 1:4:0.5, h 0.9:1.5:0.1 :: In a lift going up at a constant {v} m/s {name} drops [a ring of
keys|a pocket torch|a pencil] from {h} m above the cabin floor. [How long does it take to reach
the floor?|How far does the lift rise during the fall?]
@ a 0.6:1.4:0.2, t 2:4, v 10:24:2 :: A lift starts from rest and accelerates upwards at {a} m/s^2
for {t} s, moves on at constant speed for {v} s and slows to a stop within another {t} s. [How
high does it rise in all?|What is its greatest speed?|What is its average speed for the trip?]
@ a 12:40:2, t 1:2.5:0.5 :: The motor of a model rocket burns for {t:second} and drives it
straight up from rest with an acceleration of {a} m/s^2; afterwards it coasts. [How high does it
get?|How long after the start is it at its highest point?|How fast is it at the moment the motor
stops?]
@ h 1.2:2.4:0.1, k 0.5:0.8:0.05, b = bounce :: A ball dropped from {h} m bounces back to {b} m.
[With what speed does it leave the floor?|With what speed does it strike the floor?|How long after
being let go does it reach the top of the first bounce?]
@ s 18:30:2, v 45:70:5 :: An arrow is shot horizontally at {v} m/s towards a target {s} m away.
[How far below the line of aim does it strike?|How long is it on its way?|At what angle below the
horizontal does it strike?]
@ x 8:20, y 6:16 :: A football leaves the ground with a horizontal velocity of {x} m/s and a
vertical velocity of {y} m/s. [How far away does it come down on level ground?|How high does it
rise?|With what speed was it kicked?|What is its speed at the highest point?]
@ v 12:28:2, w 30:60:5, u = half :: {name} turns a garden hose up to an angle of {w} degrees above
the level lawn, and water leaves it at {u} m/s close to the ground. [How far away does the water
land?|How high does the jet rise?|How long is each drop in the air?]
@ b 5:10, c 1:3:0.5, w 120:400:20 :: A ferry that makes {b} m/s in still water heads straight
across a river {w} m wide whose current runs at {c} m/s. [How far downstream does it land?|How
long is the crossing?|What is its speed relative to the bank?]
@ b 2:3:0.2, c 0.4:1.2:0.2, s 600:1800:100 :: {name} can paddle a canoe at {b} m/s in still water.
{She} goes {s} m up a stream that flows at {c} m/s, and returns at once. [How long is {she}
away?|How much longer does the way up take than the way back?|What is {her} average speed for the
trip?]
@ v 160:300:20, w 30:80:10, s 120:480:40 :: An aeroplane that flies at {v} km/h in still air
[meets a head wind|has a tail wind] of {w} km/h on a flight of {s} km. [How long does the flight
take?|What is its speed over the ground?|How many minutes does the wind add to or take from the
flight?]
@ x 200:900:50, y 200:900:50, t 90:180:10 :: A drone flies {x} m east and then {y} m north in {t}
s altogether. [How far is it from its starting point?|What is its average speed?|What is the
magnitude of its average velocity?|In what direction does it lie from its starting point?]
@ v 4:8:0.5, w 1:4:0.5, h 300:900:50 :: A parachutist sinks at a steady {v} m/s while the wind
carries the parachute sideways at {w} m/s. [How far sideways does it drift from a height of {h} m
down to the ground?|How long does it take to come down from {h} m?|What is the speed of the
parachutist relative to the ground?]
@ v 5:9, u 10:25 :: Rain falls straight down at {v} m/s, and a train runs through it at {u} m/s.
[What angle do the streaks on the side windows make with the vertical?|How fast do the drops move
relative to the train?]
@ r 2:6:0.5, t 8:16 :: On a carousel that turns once in {t} s {name} sits {r} m from the axis.
[How fast is {she} moving?|What is {her} acceleration?|How far does {she} travel during a ride of
three minutes?]
@ r 28:36, n 1.5:4:0.5 :: The wheels of a bicycle have a radius of {r} cm and make {n} turns a
second without slipping. [How fast is the bicycle moving?|How far does it travel in one
minute?|How many turns does each wheel make in a kilometre?]
@ l 1.2:3.6:0.2 :: The minute hand of a [tower|station] clock is {l} m long. [How fast does its
tip move?|How far does its tip travel in a quarter of an hour?|What is the acceleration of its
tip?]
@ h 300:1200:50, t = orbit :: A satellite circles the Earth {h} km above the ground; the radius of
the Earth is 6370 km. It takes {t:minute} for one turn. [How fast does it move?|What is its
acceleration?|How many turns does it make in a day?]
"""


def generate(seed: int = 0) -> str:
    """All problems, one paragraph each, with a blank line between."""
    dice = Dice(seed)
    templates = [Template.parse(paragraph) for paragraph in TEMPLATES.split("@ ")[1:]]
    problems: dict[str, None] = {}
    for _ in range(ROUNDS):
        for template in dice.shuffled(templates):
            problem = template.problem(dice)
            while problem in problems:
                problem = template.problem(dice)
            problems[problem] = None
    return "\n\n".join(problems) + "\n"


def main(arguments: Sequence[str]) -> int:
    text = generate()
    if "--check" in arguments:
        return int(not TARGET.exists() or TARGET.read_bytes() != text.encode("utf-8"))
    TARGET.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
