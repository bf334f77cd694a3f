"""The codes that sources raise errors with, read from their syntax trees."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from fiapx_common import errors
from fiapx_common.http.problem import STATUSES, code_of_status

_TREE = {name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}


@dataclass(frozen=True)
class RaisedCode:
    """One place where an error is made."""

    code: str
    status: int | None
    """Of the answer; None: no kind of error that is ever answered."""
    detail: str | None
    """The sentence; None where it is made of more than words."""


class _Module:
    """One file's tree, whose nodes know what is around them."""

    def __init__(self, text: str) -> None:
        self.nodes = list(ast.walk(ast.parse(text)))
        self._around = {inner: node for node in self.nodes for inner in ast.iter_child_nodes(node)}

    def enclosing(self, node: ast.AST, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """What is around it, from within."""
        while (node := self._around.get(node, ast.Module([], []))) in self._around:
            if isinstance(node, kinds):
                yield node

    def calls(self) -> Iterator[ast.Call]:
        yield from (node for node in self.nodes if isinstance(node, ast.Call) and node.args)

    def classes(self) -> Iterator[ast.ClassDef]:
        yield from (node for node in self.nodes if isinstance(node, ast.ClassDef))


def raised_codes(files: Iterable[Path]) -> set[RaisedCode]:
    """All of these sources'. A code that is only handed on is found where it was made."""
    return _Search([_Module(file.read_text()) for file in files]).found()


class _Search:
    def __init__(self, modules: list[_Module]) -> None:
        self._modules = modules
        self._kinds = {name: kind.kind for name, kind in _TREE.items() if issubclass(kind, errors.FiapxError)}
        self._takers = {*self._kinds}
        """Classes whose first argument is a code."""
        while new := {name: kind for name, kind in self._subclasses() if name not in self._kinds}:
            self._kinds |= new
        for module in modules:
            self._takers |= {one.name for one in module.classes() if one.name in self._kinds and _takes_code(one)}

    def found(self) -> set[RaisedCode]:
        return {one for module in self._modules for call in module.calls() for one in self._of(module, call)}

    def _subclasses(self) -> Iterator[tuple[str, str]]:
        for module in self._modules:
            for one in module.classes():
                for base in one.bases:
                    if isinstance(base, ast.Name) and base.id in self._kinds:
                        yield one.name, self._kinds[base.id]

    def _of(self, module: _Module, call: ast.Call) -> Iterator[RaisedCode]:
        name = _name_of(call.func)
        if name == "HTTPException" and isinstance(call.args[0], ast.Attribute):
            told = HTTPStatus[call.args[0].attr]
            yield RaisedCode(code_of_status(told), told, None)
            return
        base = name
        if name == "__init__":
            [*_, around] = [None, *module.enclosing(call, ast.ClassDef)]
            name = around.name if isinstance(around, ast.ClassDef) else ""
            base = _name_of(around.bases[0]) if isinstance(around, ast.ClassDef) and around.bases else ""
        if name not in self._kinds or base not in self._takers:
            return
        status = STATUSES.get(self._kinds[name])
        detail = _text(call.args[1]) if base in _TREE and len(call.args) > 1 else None
        for code in self._texts(module, call, call.args[0]):
            yield RaisedCode(code, status, detail)

    def _texts(self, module: _Module, call: ast.Call, argument: ast.expr) -> Iterator[str]:
        """What a first argument may be: itself, or what its function was called with."""
        match argument:
            case ast.Constant(value=str(text)):
                yield text
            case ast.JoinedStr(values=[ast.Constant(value=str(beginning)), *_]):
                [function, *_] = module.enclosing(call, ast.FunctionDef)
                assert isinstance(function, ast.FunctionDef)
                yield from (beginning + word for word in self._words(module, function))

    def _words(self, module: _Module, function: ast.FunctionDef) -> Iterator[str]:
        """First arguments of a function's calls, up to a dot."""
        for other in [module] if function.name.startswith("_") else self._modules:
            for call in other.calls():
                if _name_of(call.func) == function.name:
                    yield from self._word(other, call)

    def _word(self, module: _Module, call: ast.Call) -> Iterator[str]:
        match call.args[0]:
            case ast.Constant(value=str(text)) | ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
                yield text.partition(".")[0]
            case ast.Name(id=name):
                for around in module.enclosing(call, ast.For, ast.FunctionDef):
                    if isinstance(around, ast.For):
                        yield from _looped(around, name)
                    elif isinstance(around, ast.FunctionDef) and around.args.args and around.args.args[0].arg == name:
                        yield from self._words(module, around)


def _takes_code(one: ast.ClassDef) -> bool:
    """Whether its first argument goes to its base as the code."""
    for node in ast.walk(one):
        if isinstance(node, ast.FunctionDef) and node.name == "__init__" and len(node.args.args) > 1:
            first = node.args.args[1].arg
            calls = [call for call in ast.walk(node) if isinstance(call, ast.Call) and call.args]
            return any(
                _name_of(call.func) == "__init__" and isinstance(call.args[0], ast.Name) and call.args[0].id == first
                for call in calls
            )
    return False


def _looped(loop: ast.For, name: str) -> Iterator[str]:
    """What a variable is in turn, of a loop over tuples that are written out."""
    if isinstance(loop.target, ast.Tuple) and isinstance(loop.iter, ast.Tuple):
        names = [one.id if isinstance(one, ast.Name) else "" for one in loop.target.elts]
        for row in loop.iter.elts:
            if name in names and isinstance(row, ast.Tuple):
                yield _text(row.elts[names.index(name)]) or ""


def _name_of(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
