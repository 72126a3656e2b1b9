"""The words of the field, explained once (Markdown): for the “?” beside where they first appear, and the glossary."""

from __future__ import annotations

EMBEDDING = (
    "**Embedding**: the list of numbers that the network makes of one image; two images are compared by these lists "
    "alone."
)
DISTANCE = (
    "**Distance**: how unlike the network finds two images. 0 is no difference at all; the larger the number, the less "
    "alike they are."
)
THRESHOLD = (
    "**Threshold**: the distance at which the line is drawn. Up to it the network says *same*, beyond it *different*. "
    "Move it to the right, and more pairs are called the same: fewer same pairs are missed, and more different pairs "
    "slip through."
)
DISTANCE_AND_THRESHOLD = f"{DISTANCE}\n\n{THRESHOLD}"
SPLIT = (
    "**Split**: which digits the images of a pair show: *seen* ones, which the network learned from, *unseen* ones, "
    "which it never met, or *mixed*, which are all ten."
)
INTERVAL = (
    "**95% interval**: other test images would give a slightly other figure. In 95 of 100 such tries a range made like "
    "this one holds the true figure."
)
FIGURES = (
    "**Accuracy**: the share of pairs judged right at the threshold in use.\n\n"
    f"{INTERVAL} Images, not pairs, are counted for it, because pairs share images. (Its variance is that of the "
    "*U-statistic*, by *Hoeffding*'s projection.)\n\n"
    "**Ranked right**: take a same pair and a different pair. How often is the same pair the closer one? Needs no "
    "threshold. (Known as *AUC*, the area under the *ROC* curve.)\n\n"
    "**Even error**: the share of errors at that threshold where same pairs are missed as often as different pairs "
    "slip through. (Known as *EER*, the equal error rate.)"
)
KINDS_OF_ERROR = (
    "**False accept**: a different pair that is called the same. **True accept**: a same pair that is called the same. "
    "A larger threshold brings more of both. (The line is known as the *ROC* curve, the receiver operating "
    "characteristic.)"
)
EPOCH = "**Epoch**: one round of training through all the images to learn from. After each, the network is tested."
SPREAD = (
    "**Distances of all pairs**: the higher the line, the more pairs lie at that distance. (A *histogram*: pairs are "
    "counted in small steps.)"
)
CERTAINTY = (
    "**Off on average**: by how much what it says and what is so differ. (Known as the *expected calibration error*, "
    "in ten bins, Guo et al. 2017.)"
)
CALIBRATION = (
    "**Calibration**: what turns a distance into a probability that holds, so that of a hundred pairs of which the "
    "network is 90% sure, it is right about ninety times."
)
ONE_SHOT = "**One-shot**: a single example of each digit has to be enough. (Lake et al. 2011; Koch et al. 2015.)"
EXAMPLES = (
    "Learning from one example each is known as *one-shot* recognition (Koch et al. 2015). Of several examples the "
    "mean of their embeddings stands for the symbol: a *prototype* (Snell et al. 2017)."
)
DIRECTIONS = (
    "The directions are the *principal axes* of the points themselves (Pearson 1901). Maps that bend the space, such "
    "as *t-SNE* and *UMAP*, have no exact place for a new drawing."
)
GLOSSARY = (EMBEDDING, DISTANCE, THRESHOLD, SPLIT, ONE_SHOT, CALIBRATION)
