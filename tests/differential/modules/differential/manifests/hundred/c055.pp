# Ten resources.
class differential::hundred::c055 {
  notify { 'c055 1':
    message => "1 of class c055 on ${facts['networking']['hostname']}",
  }
  notify { 'c055 2':
    message => "2 of class c055 on ${facts['networking']['hostname']}",
  }
  notify { 'c055 3':
    message => "3 of class c055 on ${facts['networking']['hostname']}",
  }
  notify { 'c055 4':
    message => "4 of class c055 on ${facts['networking']['hostname']}",
  }
  notify { 'c055 5':
    message => "5 of class c055 on ${facts['networking']['hostname']}",
  }
  notify { 'c055 6':
    message => "6 of class c055 on ${facts['networking']['hostname']}",
  }
  notify { 'c055 7':
    message => "7 of class c055 on ${facts['networking']['hostname']}",
  }
  notify { 'c055 8':
    message => "8 of class c055 on ${facts['networking']['hostname']}",
  }
  notify { 'c055 9':
    message => "9 of class c055 on ${facts['networking']['hostname']}",
  }
  notify { 'c055 10':
    message => "10 of class c055 on ${facts['networking']['hostname']}",
  }
}
