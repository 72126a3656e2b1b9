"""Maps of directions, whitening, prototypes, examples, fusion; losses; distortions; and a tiny fused training."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from siamese import encoder_layers as layers
from siamese import fused_training, nearness, pens
from siamese.augmentation import chimeras, jitter
from siamese.data import SEEN_DIGITS, TrainingData
from siamese.fused_training import pair_loss, supervised_contrastive_loss
from siamese.glyph_filter import looks_like_unseen
from siamese.glyphs import glyph_pool
from siamese.publishing import export_litert
from siamese.recipes import DetectorRecipe, Jitter, recipe_named
from siamese.training import train
from tests.conftest import seen_digits


@pytest.fixture(scope="module")
def trained():
    """A fused encoder of a few steps on pen digits."""
    recipe = recipe_named(
        "strokes",
        epochs=2,
        glyphs=70,
        fragments=40,
        strangers=10,
        dimensions=40,
        redrawn=20,
        examples=5,
        near_dimensions=10,
        height=0.3,
    )
    recipe = replace(
        recipe,
        shape=replace(recipe.shape, steps=4),
        detectors=replace(recipe.detectors, steps=2, spoilt_pool=100),
    )
    return train(recipe, *seen_digits(20, np.random.default_rng(0)))


def test_a_fused_encoder_survives_saving_in_safe_mode(trained, tmp_path):
    """The same embeddings after .keras, up to float rounding."""
    images = np.random.default_rng(1).random((6, 28, 28), np.float32)
    trained.encoder.save(tmp_path / "encoder.keras")
    loaded = layers.load_encoder(tmp_path / "encoder.keras")
    embeddings = trained.encoder.predict(images, verbose=0)
    assert np.abs(embeddings - loaded.predict(images, verbose=0)).max() < 1e-6


def test_a_fused_encoder_is_one_small_litert_file(trained):
    """One file of at most 8 MB holds all parts."""
    assert len(export_litert(trained.encoder)) <= 8_000_000


def test_the_parts_of_an_embedding_are_as_long_as_the_weights_say(trained):
    """The shape has at most its weight's share as length, and at least what is left; so have the others."""
    recipe = trained.recipe
    embeddings = trained.encoder.predict(np.random.default_rng(1).random((6, 28, 28), np.float32), verbose=0)
    shares = np.array(recipe.weights) / np.linalg.norm(recipe.weights)
    shape, holes, answers = np.split(embeddings, [recipe.dimensions + 1, -len(SEEN_DIGITS)], axis=1)  # and the height
    assert holes.shape[1] == 2
    assert answers.shape[1] == len(SEEN_DIGITS)
    lengths = np.linalg.norm(shape, axis=1) / shares[0]
    assert (lengths > recipe.left - 1e-5).all()
    assert (lengths < 1 + 1e-5).all()
    assert (holes >= 0).all()
    assert (holes <= recipe.holes * shares[0] + 1e-6).all()
    assert (answers >= 0).all()
    assert (answers <= shares[1] + 1e-6).all()


def test_detectors_learn_to_refuse_the_invented():
    """After some steps they answer for digits, and not for glyphs, of either of which they saw other images."""
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    drawn, digits = pens.images(60, rng)
    images = np.round(drawn * 255).astype(np.uint8)
    invented = glyph_pool(rng, 160, 4)[0]
    plan = DetectorRecipe(channels=(8, 16), strides=(2, 2), hidden=32, steps=60)
    plan = replace(plan, digit_images=60, invented_images=60, spoilt_images=12, spoilt_pool=200)
    branch = layers.detector_branch(plan.channels, plan.strides, plan.directions, plan.hidden, 2, "detectors")
    known = np.isin(digits, (2, 4))
    train, test = np.arange(len(digits)) % 60 < 45, np.arange(len(digits)) % 60 >= 45
    trainer = fused_training.detector_trainer(
        branch, plan, images[known & train], digits[known & train], invented[:120], rng
    )
    losses = [next(trainer) for _ in range(plan.steps)]
    assert losses[-1] < 0.5 * losses[0]

    def answers(some):
        return keras.ops.convert_to_numpy(keras.ops.sigmoid(branch(some.astype(np.float32) / 255)))

    assert (answers(images[known & test]).argmax(1) == (digits[known & test] == 4)).mean() > 0.9
    refused = answers(invented[120:].reshape(-1, 28, 28)).max(1) < 0.5
    assert refused.mean() > 0.8


def test_spoilt_digits_look_like_no_unseen_digit(rng):
    """They carry ink, are many, and the filter lets all of them pass."""
    spoilt = fused_training.spoilt_digits(DetectorRecipe(spoilt_pool=300), *seen_digits(20, rng), rng)
    assert 100 < len(spoilt) < 300
    assert spoilt.dtype == np.uint8
    assert (spoilt.reshape(len(spoilt), -1).max(1) > 128).mean() > 0.95
    assert not looks_like_unseen(spoilt).any()


def test_only_known_digits_are_drawn_towards_their_prototype():
    """With the answer yes half of the way, back to unit length; with no answer not at all; in doubt in between."""
    layer = layers.TowardsPrototypes(2, pull=0.5)
    layer.build((None, 2), (None, 2))
    layer.fit(np.array([[1, 0], [3, 0], [0, 2]], np.float32), np.array([0, 0, 1]))
    embeddings = np.array([[0, 1], [0, 1], [0, 1], [0, 1]], np.float32)
    answers = np.array([[1, 0], [0, 0], [0, 1], [0.5, 0]], np.float32)
    drawn = np.asarray(layer(embeddings, answers))
    half = np.sqrt(0.5)
    quarter = np.array([0.25, 0.75]) / np.hypot(0.25, 0.75)
    assert np.allclose(drawn, [[half, half], [0, 1], [0, 1], quarter], atol=1e-6)
    assert layers.TowardsPrototypes.from_config(layer.get_config()).pull == 0.5


def settled(recipe, per_digit, pool, channels=(8, 16), strides=(2, 2)):
    """An untrained encoder, settled with pen digits, and these digits; a quarter of them is for validation."""
    images, digits = pens.images(per_digit, np.random.default_rng(0))
    images, digits = images[np.isin(digits, SEEN_DIGITS)], digits[np.isin(digits, SEEN_DIGITS)]
    aside = np.arange(len(digits)) % 4 == 0
    data = TrainingData(images[~aside], digits[~aside], images[aside], digits[aside], SEEN_DIGITS)
    keras.utils.set_random_seed(0)
    features = layers.compressed_features(
        [layers.convolutional_branch(channels, strides, 8, 10, 0.0, name) for name in ("shape", "shape_2")]
    )
    detectors = layers.averaged_detectors(
        [layers.detector_branch((8,), (2,), 8, 8, len(SEEN_DIGITS), name) for name in ("detectors", "detectors_2")]
    )
    encoder = layers.fused_encoder(recipe, detectors, features)
    fused_training.settling(recipe, features, encoder, data, pool, np.random.default_rng(0))()
    return encoder, data


def part(encoder, name, images):
    """The output of a layer."""
    return keras.Model(encoder.inputs, encoder.get_layer(name).output).predict(images, verbose=0)


def test_shapes_are_whitened_within_digits_and_invented_classes(rng):
    """The scatter of an invented class's images is nearer to a sphere than when the digits alone are asked."""
    recipe = recipe_named(
        "strokes", dimensions=20, shrinkage=1e-3, between=0.0, near_dimensions=8, examples=4, whitening_instances=8
    )
    pool = glyph_pool(rng, 150, 8)[0]
    images = pool.reshape(-1, 28, 28).astype(np.float32) / 255

    def unevenness(invented):
        encoder, _ = settled(replace(recipe, whitening_invented=invented), 40, pool)
        white = part(encoder, "whitening", images)[:, :20].reshape(150, 8, -1)
        spread = np.linalg.eigvalsh(np.cov((white - white.mean(1, keepdims=True)).reshape(1200, -1).T))
        return spread[-1] / spread.mean()

    assert unevenness(150) < 0.7 * unevenness(0)


@pytest.fixture(scope="module")
def untrained():
    """What `settled` gives for a small recipe, and that recipe."""
    recipe = recipe_named("strokes", dimensions=16, height=0.3, near_dimensions=8, examples=8, neighbours=2)
    return *settled(recipe, 20, glyph_pool(np.random.default_rng(1), 20, 8)[0], (8,), (2,)), recipe


def test_prototypes_are_the_mean_embeddings_of_the_digits(untrained):
    """Settled, a digit's prototype is the direction in which its shapes lie on average."""
    encoder, data, _ = untrained
    embeddings = part(encoder, "whitening", data.train_images)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    for prototype, digit in zip(encoder.get_layer("drawn").get_weights()[0], SEEN_DIGITS):
        mean = embeddings[data.train_digits == digit].mean(0)
        assert np.allclose(prototype, mean / np.linalg.norm(mean), atol=1e-4)


def test_a_shape_has_the_height_that_the_recipe_says(untrained):
    """Its last coordinate is the same for all, in median lengths of the digits' shapes."""
    encoder, data, recipe = untrained
    whitened = part(encoder, "whitening", data.train_images)
    lengths = np.linalg.norm(whitened[:, :-1], axis=1)
    assert recipe.height > 0
    assert np.allclose(whitened[:, -1], recipe.height * np.median(lengths), rtol=1e-4)


def evidence(encoder, data):
    """The sums behind answers and leanings for the validation images' own digits, and these digits, from 0."""
    classes = np.searchsorted(SEEN_DIGITS, data.validation_digits)
    own = np.arange(len(classes)), classes
    found = encoder.get_layer("detectors").predict(data.validation_images, verbose=0)[own]
    answers, leanings = (part(encoder, name, data.validation_images) for name in ("answers", "leanings"))
    against = answers[:, -1] if answers.shape[1] > len(SEEN_DIGITS) else 1 - answers[own]
    return [np.log(answers[own] / against), np.log(leanings[own] / (1 - leanings[own]))], found, classes


def test_a_usual_writing_is_as_familiar_as_the_recipe_says(untrained):
    """By its nearness alone, a digit's middling validation image says yes, not none, by `familiar` deviations."""
    encoder, data, recipe = untrained
    (answers, leanings), logits, classes = evidence(encoder, data)
    by_nearness = answers - logits / recipe.answers.softness - recipe.answers.raised
    assert recipe.answers.nearness > 0
    for digit in range(len(SEEN_DIGITS)):
        of_digit = by_nearness[classes == digit] / recipe.answers.nearness
        assert np.median(of_digit) == pytest.approx(recipe.answers.familiar, abs=1e-2)
        assert np.std(of_digit) == pytest.approx(1, abs=1e-2)
    assert np.allclose(leanings, logits / recipe.leanings.softness + recipe.leanings.raised, atol=1e-2)


def test_digits_and_none_share_out_one_whole(untrained):
    """The embedding has the digits' shares, to the recipe's power, and the shape is the longer, the more none has."""
    encoder, data, recipe = untrained
    weight, share = np.array(recipe.weights) / np.hypot(*recipe.weights)
    embeddings = encoder.predict(data.validation_images, verbose=0)
    shares = part(encoder, "answers", data.validation_images)
    assert shares.shape[1] == len(SEEN_DIGITS) + 1
    assert np.allclose(shares.sum(1), 1, atol=1e-5)
    assert np.allclose(embeddings[:, -len(SEEN_DIGITS) :], share * shares[:, :-1] ** recipe.power, atol=1e-5)
    expected = weight * (recipe.left + (1 - recipe.left) * shares[:, -1] ** recipe.recedes)
    lengths = np.linalg.norm(embeddings[:, : recipe.dimensions + 1], axis=1)
    assert np.allclose(lengths, expected, atol=1e-4)
    assert np.ptp(expected) > 0.1


def test_layers_of_shares_come_back_from_their_settings():
    """What a saved encoder says of them makes the same layers again."""
    assert layers.Answers.from_config(layers.Answers(0.6).get_config()).power == 0.6
    receding = layers.Receding.from_config(layers.Receding(0.4, 0.3).get_config())
    assert (receding.left, receding.power) == (0.4, 0.3)
    assert layers.Enclosed.from_config(layers.Enclosed(7).get_config()).steps == 7
    holes = layers.Holes.from_config(layers.Holes(0.2, 0.5).get_config())
    assert (holes.weight, holes.sure) == (0.2, 0.5)


def square(top, bottom, gap=0.0):
    """An image (28, 28) of a square's outline between two rows, whose right side has an opening of that little ink."""
    image = np.zeros((28, 28), np.float32)
    image[top : bottom + 1, 8:20] = 1
    image[top + 2 : bottom - 1, 10:18] = 0
    image[top + 2 : bottom - 1, 18:20] = 1 - gap
    return image


def test_what_ink_encloses_is_as_deep_as_its_lowest_way_out():
    """Closed: all the ink's height; with a grey or an open side: what the side still holds; outside: nothing."""
    images = np.stack([square(3, 12), square(3, 12, 0.3), square(3, 12, 1.0), np.zeros((28, 28), np.float32)])
    enclosed = np.asarray(layers.Enclosed()(images))
    assert np.allclose(enclosed[:, 5:10, 11:17].reshape(4, -1), [[1.0], [0.7], [0.0], [0.0]], atol=1e-6)
    assert np.allclose(enclosed[:, 14:].ravel(), 0, atol=1e-6)
    assert np.allclose(enclosed[:, :, :8].ravel(), 0, atol=1e-6)


def test_ground_is_reached_round_corners(rng):
    """Against a flood that goes on until nothing changes, for images of our pen."""
    images, _ = pens.images(6, rng)
    ground = np.pad(1 - images, ((0, 0), (1, 1), (1, 1)), constant_values=1)
    outside = np.zeros_like(ground)
    outside[:, [0, -1]] = outside[:, :, [0, -1]] = 1
    for _ in range(400):
        beside = [np.roll(outside, (down, across), (1, 2)) for down in (-1, 0, 1) for across in (-1, 0, 1)]
        outside = np.minimum(ground, np.maximum.reduce([outside, *beside]))
    expected = (ground - outside)[:, 1:-1, 1:-1]
    assert expected.max() > 0.5
    assert np.allclose(np.asarray(layers.Enclosed()(images)), expected, atol=1e-6)


def test_holes_say_in_which_half_they_lie():
    """Upper, lower, both, half a hole, none: two coordinates, by their weight."""
    upper, lower = square(3, 12), square(15, 24)
    images = np.stack([upper, lower, np.maximum(upper, lower), square(3, 12, 0.7), np.zeros((28, 28), np.float32)])
    holes = np.asarray(layers.Holes(0.2, sure=0.6)(layers.Enclosed()(images)))
    assert np.allclose(holes, [[0.2, 0], [0, 0.2], [0.2, 0.2], [0.1, 0], [0, 0]], atol=1e-6)


def test_without_examples_the_detectors_alone_answer():
    """What `digits` does: the answers in the embedding are the softened logits', and nothing measures nearness."""
    recipe = recipe_named("digits", dimensions=16)
    assert recipe.examples == 0
    encoder, data = settled(recipe, 20, glyph_pool(np.random.default_rng(1), 20, 8)[0], (8,), (2,))
    (answers, leanings), logits, classes = evidence(encoder, data)
    assert np.allclose(answers, logits / recipe.answers.softness, atol=1e-3)
    assert np.allclose(leanings, logits / recipe.leanings.softness, atol=1e-3)
    share = recipe.weights[1] / np.hypot(*recipe.weights)
    own = encoder.predict(data.validation_images, verbose=0)[np.arange(len(classes)), recipe.dimensions + classes]
    assert np.allclose(own, share / (1 + np.exp(-answers)), atol=1e-4)
    assert not {layer.name for layer in encoder.layers} & {"components", "nearest", "certain", "receding", "holes"}


def test_what_is_far_from_all_writings_is_no_digit(untrained):
    """A bar through each digit makes most of them more of a *none*, although nobody taught the detectors anything."""
    encoder, data, _ = untrained
    barred = data.validation_images.copy()
    barred[:, 2:26, 13:15] = 1.0
    before, after = (part(encoder, "answers", images)[:, -1] for images in (data.validation_images, barred))
    assert (after > before).mean() > 0.8


def test_distances_are_those_from_the_nearest_examples_of_each_digit(rng):
    """Against a loop in plain NumPy, and against what training computes."""
    layer = layers.NearestExamples(3, 4, 2)
    layer.build((None, 5))
    points, metrics, examples = (rng.normal(size=shape).astype(np.float32) for shape in ((7, 5), (3, 5, 5), (3, 4, 5)))
    layer.set_weights([metrics, examples.transpose(0, 2, 1)])
    expected = [
        [
            np.sort([np.linalg.norm(point @ metric - example) for example in of_digit])[:2].mean()
            for metric, of_digit in zip(metrics, examples)
        ]
        for point in points
    ]
    assert np.allclose(np.asarray(layer(points)), expected, atol=1e-4)
    assert np.allclose(nearness.from_examples(points, metrics, examples, 2), expected, atol=1e-4)
    same = layers.NearestExamples.from_config(layer.get_config())
    assert (same.digits, same.examples, same.neighbours) == (3, 4, 2)


def test_networks_stand_side_by_side(untrained):
    """The features are those of both networks, and what detectors say is the mean of both."""
    encoder, data, _ = untrained
    features = encoder.get_layer("compressed")
    images = data.validation_images[:3]
    both = [
        keras.Model(branch.inputs, branch.output).predict(images, verbose=0)
        for branch in (features.get_layer(name) for name in ("shape", "shape_2"))
    ]
    expected = np.sqrt(np.concatenate(both, axis=1) + layers.Root.FLOOR)
    assert np.allclose(features.predict(images, verbose=0), expected, atol=1e-5)
    assert not np.allclose(*both, atol=1e-2)
    detectors = encoder.get_layer("detectors")
    both = [detectors.get_layer(name).predict(images, verbose=0) for name in ("detectors", "detectors_2")]
    assert np.allclose(detectors.predict(images, verbose=0), np.mean(both, axis=0), atol=1e-5)
    assert not np.allclose(*both, atol=1e-2)


@pytest.mark.parametrize("size", [40, layers.EXACT_UP_TO + 20])
def test_leading_directions_are_those_of_most_variance(rng, size):
    """Of a covariance with known eigenvectors: found up to their sign, the largest first, large or small."""
    vectors, _ = np.linalg.qr(rng.normal(size=(size, 6)))
    values = np.array([32.0, 16, 8, 4, 2, 1])
    covariance = (vectors * values) @ vectors.T + 1e-3 * np.eye(size)
    found = layers.leading_directions(covariance, 5)
    assert found.shape == (size, 5)
    assert np.allclose(np.abs(found.T @ vectors), np.eye(5, 6), atol=1e-6)


def test_invented_pools_keep_strangers_aside(rng):
    """Strangers of each kind are no part of what is trained on."""
    recipe = recipe_named("strokes", glyphs=20, fragments=15, strangers=5)
    recipe = replace(recipe, pool_instances=3, stranger_instances=2)
    trained_on, strangers = fused_training.invented_pools(recipe, seen_digits(12, rng)[0], rng)
    assert trained_on.shape == (35, 3, 28, 28)
    assert strangers.shape == (10, 2, 28, 28)
    assert strangers.max() <= 1
    trained_on = {image.tobytes() for image in trained_on.reshape(-1, 784)}
    assert not any(
        np.round(image * 255).astype(np.uint8).tobytes() in trained_on for image in strangers.reshape(-1, 784)
    )


def inkiest(images):
    """A judge of two digits: what has most ink, and what has most of it on the left."""
    return np.stack([images.mean((1, 2)), images[:, :, :14].mean((1, 2))], 1)


def test_what_is_likest_is_left_out():
    """Of ten classes of two images the inkiest, by its mean, and the one with most ink on the left; no other."""
    pool = np.full((10, 2, 28, 28), 20, np.uint8)
    pool[3] = 90
    pool[4, 0] = 120  # one image alone does not make a class like it
    pool[7, :, :, :14] = 150
    likeness = fused_training.Likeness((4, 5), inkiest, 0.1)
    assert np.flatnonzero(likeness.among(pool)).tolist() == [3, 7]
    assert likeness.more(80) * 0.8 >= 80


def test_pools_without_likenesses_are_as_large_and_paler(rng):
    """As many classes are trained on and kept aside as the recipe says; what the judge liked most is in neither."""
    recipe = recipe_named("strokes", glyphs=40, strangers=10, pool_instances=3)
    images = seen_digits(4, rng)[0]
    likeness = fused_training.Likeness((4, 5), inkiest, 0.25)
    plain = fused_training.invented_pools(recipe, images, np.random.default_rng(0))
    paler = fused_training.invented_pools(recipe, images, np.random.default_rng(0), likeness)
    assert [part.shape for part in paler] == [part.shape for part in plain]

    def darkest(parts):
        return max(inkiest(part.reshape(-1, 3, 28, 28).mean(1) / part.max())[:, 0].max() for part in parts)

    assert darkest(paler) < darkest(plain)


def test_detectors_are_not_shown_likenesses_among_spoilt_digits(rng, monkeypatch):
    """Of the spoilt digits, too, the likest to the digits held out are left out."""
    spoilt = np.full((20, 28, 28), 30, np.uint8)
    spoilt[5] = 200
    monkeypatch.setattr(fused_training, "spoilt_digits", lambda *_: spoilt.copy())
    asked = []

    def judge(images):
        asked.append(len(images))
        return inkiest(images)

    plan = DetectorRecipe(channels=(4,), strides=(4,), hidden=4, steps=1)
    plan = replace(plan, digit_images=6, invented_images=2, spoilt_images=400)
    branch = layers.detector_branch(plan.channels, plan.strides, plan.directions, plan.hidden, 6, "detectors")
    images, digits = seen_digits(4, rng)
    pool = glyph_pool(rng, 4, 2)[0]
    drawn = []
    monkeypatch.setattr(
        fused_training.tf, "constant", lambda batch, *_: drawn.append(batch) or tf.convert_to_tensor(batch)
    )
    likeness = fused_training.Likeness((4, 5), judge, 0.05)
    next(fused_training.detector_trainer(branch, plan, images, digits, pool, rng, likeness))
    assert asked == [20]
    assert (drawn[0][-400:] == 30).all()


def test_without_strangers_every_invented_class_is_trained_on(rng):
    """A recipe that keeps none aside loses none, and fixes its threshold by the digits alone."""
    images, digits = seen_digits(4, rng)
    recipe = recipe_named("strokes", glyphs=6, strangers=0, pool_instances=3)
    trained_on, strangers = fused_training.invented_pools(recipe, images, rng)
    assert trained_on.shape == (6, 3, 28, 28)
    assert strangers.shape == (0, 3, 28, 28)
    data = TrainingData(images / np.float32(255), digits, images[:0], digits[:0], SEEN_DIGITS)
    assert fused_training.fit(recipe, data, rng).strangers is None


def test_fused_training_takes_its_last_epoch(trained):
    """The recipe says so: the learning rate has run out there."""
    assert trained.chosen == 2
    assert np.isfinite([epoch.loss for epoch in trained.epochs]).all()


def test_gradients_tell_directions_apart():
    """An upright bar and a lying bar have different energies, and neither is blank's."""
    upright, lying = np.zeros((2, 28, 28), np.float32)
    upright[4:24, 13:15] = 1
    lying[13:15, 4:24] = 1
    gradients = layers.OrientedGradients()
    features = np.asarray(gradients(np.stack([upright, lying, np.zeros((28, 28), np.float32)])))
    assert features.shape == (3, 5 * 5 * 8)
    assert np.abs(features[0] - features[1]).max() > 0.1
    assert features[2].std() < 1e-6


def test_gradient_maps_keep_place_and_direction():
    """An upright bar on the left: energy there alone, across it and not along it; its ink in the last map."""
    image = np.zeros((1, 28, 28), np.float32)
    image[0, 4:24, 6:8] = 1
    inputs = keras.Input((28, 28))
    maps = np.asarray(keras.Model(inputs, layers.gradient_maps(inputs, 8))(image))[0]
    assert maps.shape == (14, 14, 9)
    assert np.array_equal(maps[..., 8], image[0].reshape(14, 2, 14, 2).mean((1, 3)))
    across, along, opposite = maps[7, :, 0], maps[7, :, 2], maps[7, :, 4]
    assert across.argmax() in (2, 3)
    assert opposite.argmax() in (3, 4)
    assert max(across[8:].max(), along.max()) < 0.1 * across.max()


def test_whitening_makes_classes_spheres(rng):
    """After whitening, the scatter within classes is the identity, when nothing is shrunk."""
    scale = rng.normal(size=(6, 6))
    classes = np.repeat(np.arange(5), 400)
    features = 3 * rng.normal(size=(5, 6))[classes] + rng.normal(size=(2000, 6)) @ scale
    matrix, offset = layers.whitening(features, classes, 0.0)
    white = features @ matrix + offset
    within = np.concatenate([white[classes == c] - white[classes == c].mean(0) for c in range(5)])
    assert np.allclose(np.cov(within.T), np.eye(6), atol=0.02)


def test_directions_in_which_classes_do_not_differ_count_less(rng):
    """Classes differ along the first two of four axes: with `between`, the others all but vanish."""
    classes = np.repeat(np.arange(40), 50)
    means = rng.normal(size=(40, 4)) * [3, 3, 0, 0]
    features = means[classes] + rng.normal(size=(2000, 4))

    def lengths(between):
        matrix, _ = layers.whitening(features, classes, 0.0, between)
        return np.linalg.norm(matrix, axis=1)

    assert np.allclose(lengths(0.0), 1, atol=0.1)
    assert np.allclose(lengths(0.5)[:2], np.sqrt(0.9), atol=0.1)
    assert lengths(0.5)[2:].max() < 0.2


def test_fusion_weighs_squared_distances(rng):
    """The squared distance is the mean of the branches' squared distances, weighted by squared weights."""

    def unit(shape):
        values = rng.normal(size=shape)
        return (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float32)

    left, right = [unit((1, 4)), unit((1, 3))], [unit((1, 4)), unit((1, 3))]
    fusion = layers.Fusion((1.0, 0.5))
    fused = np.asarray(fusion(left)) - np.asarray(fusion(right))
    parts = [np.sum((a - b) ** 2) for a, b in zip(left, right)]
    assert np.sum(fused**2) == pytest.approx((parts[0] + 0.25 * parts[1]) / 1.25, rel=1e-5)
    assert layers.Fusion.from_config(fusion.get_config()).weights_given == (1.0, 0.5)


def test_supervised_contrastive_loss_by_hand():
    """Two classes of two, at right angles, temperature 1: each image has one positive among three others."""
    embeddings = tf.constant([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    # log of e^1 / (e^1 + 2 e^0), for each image
    expected = -np.log(np.e / (np.e + 2))
    assert float(supervised_contrastive_loss(embeddings, tf.constant([0, 0, 1, 1]), 1.0)) == pytest.approx(expected)


def test_pair_loss_prefers_classes_apart():
    """Equal within and opposite between classes costs less than the reverse."""
    embeddings = tf.constant([[1.0, 0], [1, 0], [-1, 0], [-1, 0]])
    good, bad = (float(pair_loss(embeddings, tf.constant(classes))) for classes in ([0, 0, 1, 1], [0, 1, 0, 1]))
    assert good < 0.1 < bad


def test_jitter_moves_ink_but_stays_in_range(rng):
    """Each image changes, values stay in 0..1, and the ink does not vanish."""
    keras.utils.set_random_seed(0)
    images = np.stack([pens.image(digit, rng) for digit in (2, 3, 4, 5)])
    moved = jitter(tf.constant(images), Jitter()).numpy()
    assert moved.shape == images.shape
    assert 0 <= moved.min() <= moved.max() <= 1
    assert (np.abs(moved - images).reshape(4, -1).mean(1) > 0.005).all()
    assert (moved.sum((1, 2)) > 0.3 * images.sum((1, 2))).all()


def test_chimeras_take_every_pixel_from_one_of_two(rng):
    """Of a white and a grey image: each place shows mostly one of them, and both are shown."""
    keras.utils.set_random_seed(0)
    white, grey = np.ones((5, 28, 28), np.float32), np.full((5, 28, 28), 0.5, np.float32)
    mixed = chimeras(tf.constant(white), tf.constant(grey)).numpy()
    assert mixed.max() <= 1
    for image in mixed:
        assert (image > 0.8).mean() > 0.1
        assert (image < 0.55).mean() > 0.1
    assert np.abs(mixed[0] - mixed[1]).mean() > 0.05


def test_no_jitter_changes_nothing(rng):
    """With every deviation 0 the images come back as they were."""
    still = Jitter(rotation=0, slant=0, size=0, shift=0, elastic=0, thickness=(0, 0), contrast=0)
    images = rng.random((3, 28, 28)).astype(np.float32)
    assert np.allclose(jitter(tf.constant(images), still).numpy(), images, atol=1e-5)
