"""How much work there is, told to operators."""

from processing_service.services.ports import Measures, UnitsOfWork


class Surveying:
    """Counts what is to be done on the whole platform."""

    def __init__(self, units: UnitsOfWork, measures: Measures) -> None:
        self._units = units
        self._measures = measures

    async def survey(self) -> None:
        """Costs one statement. Raises Unavailable."""
        async with self._units.begin() as work:
            self._measures.backlog(await work.workload.backlog())
