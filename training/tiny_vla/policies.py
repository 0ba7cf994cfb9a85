"""The three policies by the name that the command line gives them."""

from torch import nn

from .oft import OpenVlaOft
from .openvla import OpenVla
from .pi0 import Pi0

POLICIES: dict[str, type[nn.Module]] = {"openvla": OpenVla, "oft": OpenVlaOft, "pi0": Pi0}
