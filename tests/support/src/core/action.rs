/// What core decides to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    NoOp,
    /// There is no object yet.
    Create,
    /// In place.
    Update,
    /// A destroy, then a create.
    Replace,
    /// A destroy.
    Delete,
}
