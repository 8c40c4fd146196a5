"""The devices torch can train on here, and why others are not to be had."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from nnbuilder.errors import NNBuilderError


@dataclass(frozen=True)
class Device:
    """A device: the key a project stores, its name, and why it cannot be used (empty if it can)."""

    key: str
    label: str
    reason: str = ""

    @property
    def available(self) -> bool:
        """Whether a run can use it."""
        return not self.reason


def list_devices() -> list[Device]:
    """CPU, every CUDA device by name, and MPS; those not there come with the reason."""
    devices = [Device("cpu", "CPU")]
    if torch.cuda.is_available():
        devices += [
            Device(f"cuda:{index}", f"CUDA {index}: {torch.cuda.get_device_name(index)}")
            for index in range(torch.cuda.device_count())
        ]
    elif torch.version.cuda is None:
        devices.append(Device("cuda:0", "CUDA", "this torch is a CPU build; install one made for CUDA"))
    else:
        devices.append(Device("cuda:0", "CUDA", "no NVIDIA graphics card or driver was found"))
    if torch.backends.mps.is_available():
        devices.append(Device("mps", "MPS: Apple GPU"))
    elif torch.backends.mps.is_built():
        devices.append(Device("mps", "MPS", "it needs macOS 12.3 or newer on Apple silicon"))
    else:
        devices.append(Device("mps", "MPS", "it is only to be had on a Mac with Apple silicon"))
    return devices


def pick_device(choice: str) -> torch.device:
    """The device a project asks for; ``auto`` takes CUDA, then MPS, then the CPU.

    Raises
    ------
    NNBuilderError
        If it is not there, with the reason.
    """
    if choice == "cpu":
        return torch.device("cpu")
    devices = {device.key: device for device in list_devices()}
    if choice == "auto":
        usable = [device.key for device in devices.values() if device.available]
        best = next((key for key in usable if key.startswith("cuda")), None)
        return torch.device(best or ("mps" if "mps" in usable else "cpu"))
    device = devices.get("cuda:0" if choice == "cuda" else choice)
    if device is None:
        known = ", ".join(["auto", *(key for key, item in devices.items() if item.available)])
        raise NNBuilderError(f"training.device: There is no device {choice!r} here; choose one of {known}.")
    if not device.available:
        raise NNBuilderError(f"training.device: {device.label} cannot be used because {device.reason}; choose auto.")
    return torch.device(device.key)
