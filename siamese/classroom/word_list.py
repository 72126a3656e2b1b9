"""Short plain words for passphrases."""

from __future__ import annotations

_TEXT = """
acorn actor album amber anchor angel ankle apple april apron arena arrow artist atlas attic autumn bacon badge bagel
baker balcony bamboo banana banjo barrel basin basket beach beacon bean bench berry bicycle bishop blanket blossom
bonnet bottle bracket branch bread brick bridge bronze brush bucket butter button cabin cactus camel camera candle
canoe canvas carpet carrot castle cattle cellar cherry chess chimney circus clock cloud clover coast cobra coffee
comet copper coral corner cotton cousin crayon cricket crown crystal daisy dancer desert diamond dinner doctor dolphin
donkey dragon drawer dream drum eagle earth easel echo elbow elder elephant emerald engine evening fabric falcon
farmer feather fence fern fiddle finger flag flame flute forest fossil fountain fox frost garden garlic gate ginger
giraffe glove goblet gold goose grape gravel guitar hammer harbour harvest hazel helmet hill honey horizon horse hotel
island ivory jacket jaguar jelly jewel juice jungle kettle kingdom kitchen kite ladder lagoon lake lamp lantern lemon
lettuce library lily lion lizard lobster magnet mango maple marble market meadow melon mirror monkey moon morning
mountain museum mushroom napkin needle nest noodle north nutmeg oasis ocean olive onion opera orange orchard otter
oven oyster paddle palace panda paper parrot pasta peach peanut pebble pencil pepper piano picnic pigeon pillow pilot
planet plum pocket poem pond potato prairie puddle pumpkin puppet pyramid quarter queen rabbit radio rainbow raven
ribbon river robin rocket saddle sailor salmon sandal satin school scissors shadow shell silver sister spider spinach
spoon squirrel station stone summer sunset table teapot temple thunder ticket tiger timber tomato tower tractor
trumpet tulip tunnel turtle umbrella valley vanilla velvet village violin volcano
"""

WORDS = tuple(_TEXT.split())
